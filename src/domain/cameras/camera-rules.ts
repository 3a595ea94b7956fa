import { closest } from '../shared/closest';
import type { Fault } from '../shared/fault';
import { isBounded, isJsonObject, type Json, type JsonObject } from '../shared/json';

/** A camera's settings as written by people: known keys in their canonical form, unknown keys as they stand. */
export type CameraFields = JsonObject;

/** What a rule finds wrong with one value: nothing, a fault of its own, or faults further inside. */
type Check = (value: Json) => Omit<Fault, 'path'> | readonly Fault[] | undefined;

/** `text` marks fields whose unquoted numbers in the file (`source: 0`) are meant as text. */
export interface CameraRule {
  readonly check: Check;
  readonly schema: JsonObject;
  readonly text?: true;
}

const CONTROL = /[\u0000-\u001f\u007f]/;
const fault = (type: string, message: string) => ({ type, message });

function text(min: number, max: number, pattern?: { re: RegExp; says: string }): CameraRule {
  const check: Check = (v) => {
    if (typeof v !== 'string') return fault('type', 'must be a string');
    if (v.trim().length < min) return fault('missing', 'must not be empty');
    if (v.length > max) return fault('range', `must be at most ${max} characters long`);
    if (CONTROL.test(v)) return fault('pattern', 'must not contain control characters');
    return pattern && !pattern.re.test(v) ? fault('pattern', pattern.says) : undefined;
  };
  const schema = { type: 'string', minLength: min, maxLength: max, ...(pattern ? { description: pattern.says } : {}) };
  return { check, schema, text: true };
}

function whole(min: number, max: number): CameraRule {
  const check: Check = (v) => {
    if (typeof v !== 'number' || !Number.isInteger(v)) return fault('type', 'must be a whole number');
    return v < min || v > max ? fault('range', `must be between ${min} and ${max}`) : undefined;
  };
  return { check, schema: { type: 'integer', minimum: min, maximum: max } };
}

function oneOf(...values: string[]): CameraRule {
  const check: Check = (v) =>
    typeof v === 'string' && values.includes(v)
      ? undefined
      : { ...fault('enum', `must be one of ${values.join(', ')}`), suggestion: closest(String(v), values) };
  return { check, schema: { type: 'string', enum: values }, text: true };
}

const flag: CameraRule = {
  check: (v) => (typeof v === 'boolean' ? undefined : fault('type', 'must be true or false')),
  schema: { type: 'boolean' },
};

const imageSize: CameraRule = {
  check: (v) => (v === 'auto' ? undefined : whole(32, 8192).check(v) && fault('range', 'must be auto or 32 to 8192')),
  schema: { oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 32, maximum: 8192 }] },
};

const resolution: CameraRule = {
  check: (v) => {
    const size = typeof v === 'string' ? /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(v) : null;
    return size && Number(size[1]) <= 16384 && Number(size[2]) <= 16384
      ? undefined
      : fault('pattern', 'must be WIDTHxHEIGHT, each 1 to 16384, for example 1920x1080');
  },
  schema: { type: 'string', pattern: '^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$' },
};

/** Variables that would run code in, or redirect, whatever process is given them. */
const FORBIDDEN_ENV = /^(LD_.*|DYLD_.*|NODE_OPTIONS|PATH|PYTHONPATH|PYTHONSTARTUP|BASH_ENV|ENV|IFS|SHELL)$/;

const environment: CameraRule = {
  check: (v) => {
    if (!isJsonObject(v)) return fault('type', 'must be an object of names and texts');
    return Object.entries(v).flatMap(([name, value]): Fault[] => {
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
        return [{ path: [name], ...fault('pattern', 'is not a name for an environment variable') }];
      }
      if (FORBIDDEN_ENV.test(name)) return [{ path: [name], ...fault('forbidden', 'may not be set for a camera') }];
      const scalar = ['string', 'number', 'boolean'].includes(typeof value);
      return scalar && String(value).length <= 4096
        ? []
        : [{ path: [name], ...fault('type', 'must be a text of at most 4096 characters') }];
    });
  },
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

const anyObject: CameraRule = {
  check: (v) => (isJsonObject(v) ? undefined : fault('type', 'must be an object')),
  schema: { type: 'object' },
};

/** An identifier names files and log entries, so it is plain ASCII. */
export const CAMERA_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;
const idSays = 'must be 1 to 50 letters, digits, "_" or "-" and start with a letter or digit';
const sourceSays = 'must be a device number, a path, or an rtsp/rtsps/rtmp/http/https/testsrc address';
const SOURCE = /^(?!-)(?:(?:rtsps?|rtmps?|https?|testsrc):\S*|(?![A-Za-z][A-Za-z0-9+.-]*:).+)$/;

/** Every known setting and its limit, written once: the API, the file and the documents all use this table. */
export const CAMERA_RULES: Readonly<Record<string, CameraRule>> = {
  id: text(1, 50, { re: CAMERA_ID, says: idSays }),
  name: text(1, 100),
  source: text(1, 2048, { re: SOURCE, says: sourceSays }),
  active: flag,
  auto_start: flag,
  location: text(1, 200),
  status: oneOf('active', 'inactive', 'maintenance', 'error'),
  camera_type: oneOf('fixed', 'ptz', 'mobile', 'thermal'),
  resolution,
  fps: whole(1, 240),
  region_id: text(1, 100),
  regions_file: text(1, 500, { re: /^(?!-)/, says: 'must not start with "-"' }),
  profile: text(1, 50, { re: /^[A-Za-z0-9][\w.-]*$/, says: 'must be a plain name such as fast, balanced or accurate' }),
  device: text(1, 50, { re: /^[A-Za-z0-9][\w:.-]*$/, says: 'must be a plain name such as auto, cpu or cuda:0' }),
  imgsz: imageSize,
  auto_tune: flag,
  env: environment,
  metadata: anyObject,
};

const REQUIRED = ['id', 'name', 'source'] as const;

function checkField(name: string, value: Json): Fault[] {
  if (!isBounded(value)) return [{ path: [name], ...fault('too_large', 'is nested too deeply or has too many parts') }];
  const rule = Object.hasOwn(CAMERA_RULES, name) ? CAMERA_RULES[name] : undefined;
  const found = rule?.check(value);
  if (!found) return [];
  if ('type' in found) return [{ path: [name], ...found }];
  return found.map((f) => ({ ...f, path: [name, ...f.path] }));
}

/** All faults of a complete set of fields; an empty list means the camera may exist. */
export function checkCamera(fields: CameraFields): Fault[] {
  const missing = REQUIRED.filter((name) => fields[name] === undefined || fields[name] === null).map((name) => ({
    path: [name],
    ...fault('missing', `${name} is required`),
  }));
  const named = new Set<string>(missing.map((f) => f.path[0] ?? ''));
  return [...missing, ...Object.entries(fields).flatMap(([k, v]) => (named.has(k) ? [] : checkField(k, v)))];
}

/** The known field that an unknown one probably means. */
export const suggestField = (name: string): string | undefined =>
  closest(name, [...Object.keys(CAMERA_RULES), 'enabled']);

export const isKnownField = (name: string): boolean => Object.hasOwn(CAMERA_RULES, name);

/**
 * Canonical form of what a person wrote: `enabled` is the old name of `active` (a present null counts as false),
 * `[w, h]` is `"WxH"`, an environment value is text.
 */
export function canonical(raw: JsonObject): CameraFields {
  const { enabled, ...fields } = raw;
  const out: Record<string, Json> = fields;
  if (out.active === undefined && enabled !== undefined) out.active = enabled;
  if (out.active === null) out.active = false;
  if (out.region_id === null) delete out.region_id;
  if (Array.isArray(out.resolution) && out.resolution.length === 2) out.resolution = out.resolution.join('x');
  if (isJsonObject(out.env)) {
    out.env = Object.fromEntries(Object.entries(out.env).map(([k, v]) => [k, isScalar(v) ? String(v) : v]));
  }
  return out;
}

const isScalar = (v: Json): boolean => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean';
