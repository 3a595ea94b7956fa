import { closest } from '../shared/closest';
import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import {
  CONTROL,
  type ValueRule,
  type ValueRules,
  cameraId,
  checkValue,
  fault,
  flag,
  oneOf,
  textRule,
  whole,
} from '../shared/value-rules';

/**
 * Variables that a camera may set for its detection process: settings of detectors and of the libraries they compute
 * with. All others are refused: some run code in any process they are given to, or redirect it, and there is no
 * complete list of those.
 */
const ALLOWED = [
  // One letter, optionally with a number, as in examples.
  /^[A-Z](_?\d{1,3})?$/,
  /^(TZ|LANG|LC_(ALL|CTYPE|NUMERIC|TIME)|MODE|TOKEN|PORT|URL|API_KEY|LOG_LEVEL|DEBUG|CONFIDENCE|THRESHOLD|INTERVAL|BEHAVIOUR)$/,
  /^(CAMERA|DETECT|DETECTOR|DETECTION|MODEL|VIDEO|STREAM|FRAME|RTSP|REDIS|MQTT|EVENT|ALERT|ROI|REGION|HAIRNET|HANDWASH|POSE|TRACK|TRACKER|YOLO|SITE|APP)_[A-Z0-9_]{1,90}$/,
  /^(CUDA_VISIBLE_DEVICES|CUDA_DEVICE_ORDER|OMP_NUM_THREADS|MKL_NUM_THREADS|OPENBLAS_NUM_THREADS)$/,
];

/** The message for a refused variable. */
const ALLOWED_ENV_SAYS =
  'may not be set for a camera: see docs/worker.md for the names that may, such as DETECTOR_… or MODEL_…';

export const mayBeSet = (name: string): boolean => ALLOWED.some((pattern) => pattern.test(name));

/** A camera's settings as written by people: known keys in their canonical form, unknown keys as they stand. */
export type CameraFields = JsonObject;

const imageSize: ValueRule = {
  check: (v) => (v === 'auto' ? undefined : whole(32, 8192).check(v) && fault('range', 'must be auto or 32 to 8192')),
  schema: { oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 32, maximum: 8192 }] },
};

const resolution: ValueRule = {
  check: (v) => {
    const size = typeof v === 'string' ? /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(v) : null;
    return size && Number(size[1]) <= 16384 && Number(size[2]) <= 16384
      ? undefined
      : fault('pattern', 'must be WIDTHxHEIGHT, each 1 to 16384, for example 1920x1080');
  },
  schema: { type: 'string', pattern: '^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$' },
};

const environment: ValueRule = {
  check: (v) => {
    if (!isJsonObject(v)) return fault('type', 'must be an object of names and texts');
    return Object.entries(v).flatMap(([name, value]): Fault[] => {
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
        return [{ path: [name], ...fault('pattern', 'is not a name for an environment variable') }];
      }
      if (!mayBeSet(name)) return [{ path: [name], ...fault('forbidden', ALLOWED_ENV_SAYS) }];
      if (CONTROL.test(String(value)))
        return [{ path: [name], ...fault('pattern', 'must not contain control characters') }];
      const scalar = ['string', 'number', 'boolean'].includes(typeof value);
      return scalar && String(value).length <= 4096
        ? []
        : [{ path: [name], ...fault('type', 'must be a text of at most 4096 characters') }];
    });
  },
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

const LONGEST_NOTE = 4_000;

const longTexts = (value: Json, path: readonly string[]): Fault[] => {
  if (typeof value === 'string')
    return value.length > LONGEST_NOTE
      ? [{ path, ...fault('range', `must be at most ${LONGEST_NOTE} characters long`) }]
      : [];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]: [string, Json]) => longTexts(inner, [...path, key]))
    : [];
};

const anyObject: ValueRule = {
  check: (v) => (isJsonObject(v) ? longTexts(v, []) : fault('type', 'must be an object')),
  schema: { type: 'object', additionalProperties: true, description: 'anything; it stays as it stands' },
};

const sourceSays = 'must be a device number, a path, or an rtsp/rtsps/rtmp/http/https/testsrc address';
const SOURCE = /^(?!-)(?:(?:rtsps?|rtmps?|https?|testsrc):\S*|(?![A-Za-z][A-Za-z0-9+.-]*:).+)$/;

/** One that every parser reads alike: only the first `@` can end a login, and no fragment follows. */
const NETWORK = /^(?:rtsps?|rtmps?|https?):/i;
const CLEAR = /^[a-z]+:\/\/([^/?#@\\\s]*@)?(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\]+)(:\d{1,5})?([/?][^#\\\s]*)?$/i;

/** Faults of a source that is set now; sources stored earlier stay as they are. */
export function checkNewSource(source: Json | undefined): Fault[] {
  if (typeof source !== 'string' || !NETWORK.test(source) || CLEAR.test(source)) return [];
  const message =
    'must be like rtsp://user:password@host:port/path: write special characters of user and password as %XX, and no "#" or "\\"';
  return [{ path: ['source'], ...fault('pattern', message) }];
}

/** Every known setting and its limit, written once: the API, the file and the documents all use this table. */
export const CAMERA_RULES: ValueRules = {
  id: cameraId,
  name: textRule(1, 100),
  source: textRule(1, 2048, { re: SOURCE, says: sourceSays }),
  active: flag,
  auto_start: flag,
  location: textRule(1, 200),
  status: oneOf('active', 'inactive', 'maintenance', 'error'),
  camera_type: oneOf('fixed', 'ptz', 'mobile', 'thermal'),
  resolution,
  fps: whole(1, 240),
  region_id: textRule(1, 100),
  regions_file: textRule(1, 500, { re: /^(?!-)/, says: 'must not start with "-"' }),
  profile: textRule(1, 50, {
    re: /^[A-Za-z0-9][\w.-]*$/,
    says: 'must be a plain name such as fast, balanced or accurate',
  }),
  device: textRule(1, 50, { re: /^[A-Za-z0-9][\w:.-]*$/, says: 'must be a plain name such as auto, cpu or cuda:0' }),
  imgsz: imageSize,
  auto_tune: flag,
  env: environment,
  metadata: anyObject,
};

const REQUIRED = ['id', 'name', 'source'] as const;
const OPTIONAL = Object.keys(CAMERA_RULES).filter((name) => !REQUIRED.some((required) => required === name));

/** All faults of a complete set of fields; an empty list means the camera may exist. */
export function checkCamera(fields: CameraFields): Fault[] {
  const missing = REQUIRED.filter((name) => fields[name] === undefined || fields[name] === null).map((name) => ({
    path: [name],
    ...fault('missing', `${name} is required`),
  }));
  const named = new Set<string>(missing.map((f) => f.path[0] ?? ''));
  return [
    ...missing,
    ...Object.entries(fields).flatMap(([k, v]) => (named.has(k) ? [] : checkValue(CAMERA_RULES, k, v))),
  ];
}

/** The known field that an unknown one probably means. */
export const suggestField = (name: string): string | undefined =>
  closest(name, [...Object.keys(CAMERA_RULES), 'enabled']);

export const isKnownField = (name: string): boolean => Object.hasOwn(CAMERA_RULES, name);

/**
 * Canonical form of what a person wrote: `enabled` is the old name of `active` (a present null counts as false, any
 * other null of an optional setting as not written), `[w, h]` is `"WxH"`, an environment value is text.
 */
export function canonical(raw: JsonObject): CameraFields {
  const { enabled, ...fields } = raw;
  const out: Record<string, Json> = fields;
  if (out.active === undefined && enabled !== undefined) out.active = enabled;
  if (out.active === null) out.active = false;
  for (const name of OPTIONAL) if (out[name] === null) delete out[name];
  if (typeof out.source === 'string') out.source = out.source.trim();
  if (Array.isArray(out.resolution) && out.resolution.length === 2) out.resolution = out.resolution.join('x');
  if (isJsonObject(out.env)) {
    out.env = Object.fromEntries(Object.entries(out.env).map(([k, v]) => [k, isScalar(v) ? String(v) : v]));
  }
  return out;
}

const isScalar = (v: Json): boolean => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean';
