import { closest } from './closest';
import type { Fault, Params } from './fault';
import { type Json, type JsonObject, isBounded } from './json';

/** The result of a rule for one value: nothing, a fault of its own, or faults further inside. */
type Check = (value: Json) => Omit<Fault, 'path'> | readonly Fault[] | undefined;

/** The rule of one value: `text` marks values whose unquoted numbers in a file (`source: 0`) are read as text. */
export interface ValueRule {
  readonly check: Check;
  readonly schema: JsonObject;
  readonly textRule?: true;
}

export const CONTROL = /[\u0000-\u001f\u007f]/;
export const fault = (type: string, message: string, params?: Params) => ({
  type,
  message,
  ...(params ? { params } : {}),
});

export function textRule(min: number, max: number, pattern?: { re: RegExp; says: string }): ValueRule {
  const check: Check = (v) => {
    if (typeof v !== 'string') return fault('type', 'must be a string');
    if (v.trim().length < min) return fault('missing', 'must not be empty');
    if (v.length > max) return fault('range', `must be at most ${max} characters long`, { max });
    if (CONTROL.test(v)) return fault('pattern', 'must not contain control characters');
    return pattern && !pattern.re.test(v) ? fault('pattern', pattern.says) : undefined;
  };
  const schema = { type: 'string', minLength: min, maxLength: max, ...(pattern ? { description: pattern.says } : {}) };
  return { check, schema, textRule: true };
}

export function whole(min: number, max: number): ValueRule {
  const check: Check = (v) => {
    if (typeof v !== 'number' || !Number.isInteger(v)) return fault('type', 'must be a whole number');
    return v < min || v > max ? fault('range', `must be between ${min} and ${max}`, { min, max }) : undefined;
  };
  return { check, schema: { type: 'integer', minimum: min, maximum: max } };
}

export function oneOf(...values: string[]): ValueRule {
  const check: Check = (v) =>
    typeof v === 'string' && values.includes(v)
      ? undefined
      : {
          ...fault('enum', `must be one of ${values.join(', ')}`, { values }),
          suggestion: closest(typeof v === 'string' ? v : JSON.stringify(v), values),
        };
  return { check, schema: { type: 'string', enum: values }, textRule: true };
}

export const flag: ValueRule = {
  check: (v) => (typeof v === 'boolean' ? undefined : fault('type', 'must be true or false')),
  schema: { type: 'boolean' },
};

/** Identifies a camera everywhere. It names files and log entries, so it is plain ASCII. */
export const CAMERA_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;

export const cameraId = textRule(1, 50, {
  re: CAMERA_ID,
  says: 'must be 1 to 50 letters, digits, "_" or "-" and start with a letter or digit',
});

export type ValueRules = Readonly<Record<string, ValueRule>>;

/** The faults of one named value; a name without a rule has none. */
export function checkValue(rules: ValueRules, name: string, value: Json): Fault[] {
  if (!isBounded(value)) return [{ path: [name], ...fault('too_large', 'is nested too deeply or has too many parts') }];
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  const found = rule?.check(value);
  if (!found) return [];
  if ('type' in found) return [{ path: [name], ...found }];
  return found.map((f) => ({ ...f, path: [name, ...f.path] }));
}

/** The fault of an unknown name. `what` says what it should have been, e.g. `a field of an alert rule`. */
export function unknownName(name: string, known: readonly string[], what: string): Fault {
  const suggestion = closest(name, known);
  const message = `is not ${what}${suggestion ? `: did you mean ${suggestion}?` : ''}`;
  return { path: [name], type: 'unknown_field', message, ...(suggestion ? { suggestion } : {}) };
}
