import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import {
  type ValueRule,
  type ValueRules,
  cameraId,
  checkValue,
  fault,
  flag,
  oneOf,
  textRule,
  unknownName,
  whole,
} from '../shared/value-rules';
import { faultOfNewOutline, isPolygon, cornersOf, polygon } from './polygon';

/** A region's settings as written by people: known keys under their one name, unknown keys as they stand. */
export type RegionFields = JsonObject;

/** Identifies a region, also in addresses; any script, because people name regions after places. */
export const REGION_ID = /^[\p{L}\p{N}_][\p{L}\p{N}_.:\- ]{0,99}$/u;

const regionId = textRule(1, 100, {
  re: REGION_ID,
  says: 'must be 1 to 100 letters, digits, spaces or any of "_-.:" and start with a letter, a digit or "_"',
});

const behaviours: ValueRule = {
  check: (v) =>
    Array.isArray(v) && v.length <= 50 && v.every((one: Json) => typeof one === 'string' && one.length <= 100)
      ? undefined
      : fault('type', 'must be a list of at most 50 texts'),
  schema: { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 100 } },
};

const seconds: ValueRule = {
  check: (v) =>
    typeof v === 'number' && v >= -1 && v <= 1_000_000
      ? undefined
      : fault('range', 'must be a number of seconds, or -1'),
  schema: { type: 'number', minimum: -1, maximum: 1_000_000 },
};

/** What shall hold in a region; -1 is "no limit". Detectors have rules of their own, which stay as they are. */
const CONDUCT: ValueRules = {
  required_behaviors: behaviours,
  forbidden_behaviors: behaviours,
  max_occupancy: whole(-1, 100_000),
  min_duration: seconds,
  max_duration: seconds,
  alert_on_violation: flag,
};

export const CONDUCT_DEFAULTS = {
  required_behaviors: [],
  forbidden_behaviors: [],
  max_occupancy: -1,
  min_duration: 0,
  max_duration: -1,
  alert_on_violation: true,
} as const satisfies JsonObject;

const conduct: ValueRule = {
  check: (v) =>
    isJsonObject(v)
      ? Object.entries(v).flatMap(([name, value]) => checkValue(CONDUCT, name, value))
      : fault('type', 'must be an object of rules'),
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.entries(CONDUCT).map(([name, { schema }]) => [name, schema])),
    additionalProperties: true,
  },
};

const anything: ValueRule = {
  check: (v) => (isJsonObject(v) ? undefined : fault('type', 'must be an object')),
  schema: { type: 'object', additionalProperties: true },
};

/** Every known setting and its limit; the API, the file and the documents all use this table. */
export const REGION_RULES: ValueRules = {
  id: regionId,
  region_type: oneOf('entrance', 'handwash', 'sanitize', 'work_area', 'restricted', 'monitoring', 'custom'),
  polygon,
  name: textRule(1, 100),
  is_active: flag,
  camera_id: cameraId,
  description: textRule(0, 1_000),
  rules: conduct,
  stats: anything,
};

const REQUIRED = ['id', 'region_type', 'polygon'] as const;

/** Other names that dashboards and old files use; the first one that is there counts. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  id: ['region_id'],
  region_type: ['type'],
  polygon: ['points'],
  is_active: ['isActive', 'enabled'],
  camera_id: ['cameraId'],
};

/** The names under which a setting may stand in a file, its own last: `region_id` is what the file calls the id. */
export const namesInFile = (field: string): readonly string[] => [...(ALIASES[field] ?? []), field];

/** What a client calls a setting. */
export const publicName = (field: string): string => (field === 'id' ? 'region_id' : field);

const BLANK_MEANS_ABSENT = new Set(['name', 'description', 'camera_id']);

/** One form of what a person or an old client wrote: one name for each setting, corners as pairs. */
export function canonicalRegion(raw: JsonObject): RegionFields {
  const others = new Map(Object.entries(raw));
  const own: [string, Json][] = [];
  for (const field of Object.keys(REGION_RULES)) {
    const names = field === 'id' ? ['region_id', 'id'] : [field, ...(ALIASES[field] ?? [])];
    const found = names.find((name) => others.has(name));
    const value = found === undefined ? undefined : others.get(found);
    for (const name of names) others.delete(name);
    if (value === undefined || isAbsent(field, value)) continue;
    own.push([field, field === 'polygon' ? (cornersOf(value) ?? null) : value]);
  }
  return Object.fromEntries([...own, ...others]);
}

const isAbsent = (field: string, value: Json): boolean =>
  !REQUIRED.some((name) => name === field) && (value === null || (value === '' && BLANK_MEANS_ABSENT.has(field)));

/** All faults of a complete set of fields; an empty list means the region may exist. */
export function checkRegion(fields: RegionFields): Fault[] {
  const missing = REQUIRED.filter((name) => fields[name] === undefined || fields[name] === null).map((name) => ({
    path: [publicName(name)],
    ...fault('missing', `${publicName(name)} is required`),
  }));
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return [...missing, ...known.flatMap(([name, value]) => checkValue(REGION_RULES, name, value).map(renamed))];
}

const renamed = ({ path: [first, ...rest], ...what }: Fault): Fault => ({
  path: [publicName(String(first)), ...rest],
  ...what,
});

/** Faults of an outline that is drawn now; a stored one stays as it is. */
export function checkNewPolygon(value: Json | undefined): Fault[] {
  const found = isPolygon(value) && polygon.check(value) === undefined ? faultOfNewOutline(value) : undefined;
  return found ? [{ path: ['polygon'], ...found }] : [];
}

/** Members of an answer that are not settings: a client that sends an answer back may leave them in. */
const DERIVED = ['status', 'stats', 'created_at', 'updated_at', 'color'];

/** What a client sent, without what is not its to set. */
export const settable = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !DERIVED.includes(name)));

/** A name that a region neither has as a setting nor had before. */
export const checkNames = (fields: RegionFields, before: RegionFields): Fault[] =>
  Object.keys(fields)
    .filter((name) => !Object.hasOwn(REGION_RULES, name) && !Object.hasOwn(before, name))
    .slice(0, 20)
    .map((name) => unknownName(name, Object.keys(REGION_RULES).map(publicName), 'a field of a region'));
