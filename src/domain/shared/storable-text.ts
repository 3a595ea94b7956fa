import { isJsonObject, type Json } from './json';

/** Whether a text can be stored everywhere: PostgreSQL takes neither NUL nor half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** A text that can be stored everywhere; what cannot is shown as U+FFFD. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');

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
