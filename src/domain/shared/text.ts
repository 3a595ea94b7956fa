import { type Json, isJsonObject } from './json';

/** Whether a text can be stored everywhere: PostgreSQL takes neither NUL nor half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** A text that can be stored everywhere; other characters become U+FFFD. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');

/** Whether all keys and texts of a value, at any depth, can be stored. */
export function isStorableJson(value: Json): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (Array.isArray(value)) return value.every(isStorableJson);
  return !isJsonObject(value) || Object.entries(value).every(([key, v]) => isStorable(key) && isStorableJson(v));
}

export function storableJson(value: Json): Json {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [storable(key), storableJson(v)]));
}

const C1 = /[\u007f-\u009f]/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

const escaped = (sign: string): string => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A text for one line of a terminal: it contains no line break and no control sequence. */
export const oneLine = (text: string): string => text.replace(CONTROL, escaped);

/** Several lines without control sequences. */
export const severalLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replaceAll('\t', '  '))
    .map(oneLine)
    .join('\n');

/** For JSON, which escapes the others itself. */
export const withoutC1 = (text: string): string => text.replace(C1, escaped);

/** A text with its %XX escapes decoded; one whose escapes are not UTF-8 is returned unchanged. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // By name: an error of another realm, as in a test, is no instance of this class.
    if ((error as Error).name === 'URIError') return text;
    throw error;
  }
}
