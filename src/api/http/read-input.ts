import { validateSync, type ValidationError } from 'class-validator';
import { closest } from '../../domain/shared/closest';
import { isStorable } from '../../domain/shared/storable-text';
import { type Class, shapeOf } from './fields';
import type { LocatedFault, Location } from './request-error';

/** The parts of a request that make up an operation's one input. */
export interface RawInput {
  /** Where a missing parameter should have been. */
  readonly expected: 'query' | 'body';
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The old backend's names for what can be wrong with a parameter. */
const TYPES: Readonly<Record<string, string>> = {
  isBoolean: 'bool_parsing',
  isInt: 'int_parsing',
  min: 'greater_than_equal',
  max: 'less_than_equal',
  isDefined: 'missing',
  isString: 'string_type',
  isIso8601: 'datetime_parsing',
  isIn: 'enum',
  notBefore: 'greater_than_equal',
};

/** Looking for what somebody may have meant is dear, and nobody reads thousands of guesses. */
const MOST_SUGGESTIONS = 20;

/** Validation finds the rules of an object by this member. */
const NEVER_A_FIELD = 'constructor';

/** Builds and validates the input of an operation; every fault is named, each with its place. */
export function readInput<T extends object>(dto: Class<T>, raw: RawInput): { input: T; faults: LocatedFault[] } {
  const input = new dto();
  const { fields, open } = shapeOf(dto);
  const places = new Map<string, Location>();
  const put = (name: string, value: unknown, place: Location) => {
    Object.defineProperty(input, name, { value, enumerable: true, writable: true, configurable: true });
    places.set(name, place);
  };
  let missing = false;
  for (const [name, { parse, required, nullable }] of fields) {
    if (Object.hasOwn(raw.path, name)) put(name, parse(raw.path[name] ?? ''), 'path');
    else if (Object.hasOwn(raw.query, name)) put(name, parse(raw.query[name] ?? ''), 'query');
    else if (Object.hasOwn(raw.body, name) && (raw.body[name] !== null || required || nullable))
      put(name, raw.body[name], 'body');
    else missing ||= required;
  }
  const inPath = (name: string) => Object.hasOwn(raw.path, name);
  const extra = Object.keys(raw.body).filter((name) => !fields.has(name) || inPath(name));
  const taken = (name: string) => open && !inPath(name) && name !== NEVER_A_FIELD;
  for (const name of extra.filter(taken)) put(name, raw.body[name], 'body');
  const known = [...fields.keys()];
  const strange = extra.filter((name) => !taken(name));
  const unknown = strange.map((name, i) => unknownField(name, i < MOST_SUGGESTIONS ? known : []));
  // Most reads say nothing, and looking for the rules of nothing would take longer than all the rest here.
  const said = places.size > 0 || missing;
  const errors = said ? validateSync(input, { forbidUnknownValues: false }) : [];
  const invalid = errors.flatMap((e) => located(e, places, raw.expected));
  return { input, faults: [...notText(raw), ...invalid, ...unknown] };
}

/** Parameters that the database could not take as text. */
const notText = ({ query }: RawInput): LocatedFault[] =>
  Object.entries(query)
    .filter(([, text]) => !isStorable(text))
    .map(([name]) => ({ loc: ['query', name], msg: 'must not contain NUL', type: 'string_type' }));

function located(
  { property, constraints = {} }: ValidationError,
  places: ReadonlyMap<string, Location>,
  expected: Location,
): LocatedFault[] {
  const place = places.get(property) ?? expected;
  const names = Object.keys(constraints);
  const shown = names.includes('isDefined') ? ['isDefined'] : names.filter((n) => n.startsWith('is')).slice(0, 1);
  return (shown.length > 0 ? shown : names).map((name) => ({
    loc: [place, property],
    msg: name === 'isDefined' ? 'is required' : (constraints[name] ?? 'is not valid').replace(`${property} `, ''),
    type: TYPES[name] ?? name,
  }));
}

function unknownField(name: string, known: readonly string[]): LocatedFault {
  const suggestion = closest(name, known);
  const msg = `is not a known field${suggestion ? `: did you mean ${suggestion}?` : ''}`;
  return { loc: ['body', name], msg, type: 'unknown_field', ...(suggestion ? { suggestion } : {}) };
}
