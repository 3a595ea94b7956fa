import type { Json, JsonObject } from '../../src/domain/shared/json';
import type { Chance } from './random';

/** Few cameras, so that few processes can be started whatever is asked. */
const CAMERAS = ['fuzz-0', 'fuzz-1', 'fuzz-2', 'fuzz-3'];

const TEXTS = [
  '',
  ' ',
  'a',
  'null',
  'true',
  '0',
  '摄像头',
  '😀'.repeat(20),
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202eabc',
  '\r\nX-Evil: 1',
  '../../etc/passwd',
  "'; DROP TABLE cameras; --",
  '$1',
  '${HOME}',
  '{{7*7}}',
  '%s%n',
  '%',
  '%00',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(300),
  'x'.repeat(20_000),
];

const NUMBERS = [0, -0, 1, -1, 2, 50, 100, 1_000, 0.5, 1e-320, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e21, 1e308, -1e308];

const TIMES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-02-30T00:00:00Z',
  '2026-W01-1',
  '2026-001',
  '20260101T000000Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00+25:00',
  '2026-01-01T00:00:00.123456789Z',
];

/** Values that fit where they are asked for by name. */
const KNOWN: Readonly<Record<string, readonly Json[]>> = {
  id: CAMERAS,
  camera_id: CAMERAS,
  source: ['testsrc:', '/no/such/file.mp4', 'rtsp://127.0.0.1:1/x', '7'],
  group: ['camera-config', 'system-read', 'alert-rules', 'event-read', 'none'],
  number: [1, 2, 3],
  rule_id: [1, 2, 3],
  violation_id: [1, 2],
  recipients: [[], ['log'], [{}], 'nobody'],
  name: ['Door', 'Tür', '门'],
};

/** Any JSON at all, sometimes nested. */
export function anything(chance: Chance, depth = 0): Json {
  const kind = chance.below(depth > 3 ? 5 : 7);
  if (kind === 0) return null;
  if (kind === 1) return chance.percent(50);
  if (kind === 2) return chance.of(NUMBERS);
  if (kind < 5) return chance.of(chance.percent(30) ? TIMES : TEXTS);
  const parts = Array.from({ length: chance.below(4) }, () => anything(chance, depth + 1));
  return kind === 5 ? parts : Object.fromEntries(parts.map((part) => [chance.of(TEXTS), part]));
}

const limit = (schema: JsonObject, name: string, otherwise: number): number =>
  typeof schema[name] === 'number' ? schema[name] : otherwise;

function whole(chance: Chance, schema: JsonObject): Json {
  const [min, max] = [limit(schema, 'minimum', 0), limit(schema, 'maximum', 1_000)];
  return chance.of([min, max, min - 1, max + 1, Math.min(max, min + chance.below(50))]);
}

function text(chance: Chance, schema: JsonObject): Json {
  if (schema.format === 'date-time') return chance.of(TIMES);
  const most = Math.min(limit(schema, 'maxLength', 100), 20_000);
  return chance.percent(40) ? chance.of(TEXTS) : 'y'.repeat(chance.of([1, 5, most, most + 1]));
}

/** A value for a member of some name: usually as its schema says or just beyond, sometimes anything. */
export function valueFor(chance: Chance, schema: JsonObject, name: string): Json {
  // Only these sources and ids: anything else could open addresses and start processes without end.
  if (name === 'source' || name === 'id') return chance.of(KNOWN[name] ?? []);
  if (chance.percent(15)) return anything(chance);
  if (chance.percent(60) && KNOWN[name]) return chance.of(KNOWN[name]);
  if (Array.isArray(schema.enum) && chance.percent(80)) return chance.of(schema.enum as readonly Json[]);
  const type = Array.isArray(schema.type) ? chance.of(schema.type as readonly string[]) : schema.type;
  switch (type) {
    case 'boolean':
      return chance.percent(50);
    case 'integer':
    case 'number':
      return whole(chance, schema);
    case 'array':
      return Array.from({ length: chance.below(4) }, () => valueFor(chance, Object(schema.items) as JsonObject, ''));
    case 'object':
      return objectFor(chance, schema);
    case 'string':
      return text(chance, schema);
    default:
      return anything(chance);
  }
}

/** An object of a schema: members missing, members too many. */
export function objectFor(chance: Chance, schema: JsonObject): JsonObject {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as readonly string[]) : []);
  const members = Object.entries(Object(schema.properties) as Record<string, JsonObject>)
    .filter(([name]) => chance.percent(required.has(name) ? 95 : 25))
    .map(([name, member]) => [name, valueFor(chance, member, name)] as const);
  const extra = chance.percent(10) ? [[chance.of(TEXTS), anything(chance)] as const] : [];
  return Object.fromEntries([...members, ...extra]);
}
