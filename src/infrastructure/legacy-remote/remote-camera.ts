import { Camera } from '../../domain/cameras/camera';
import { CAMERA_RULES, canonical, isKnownField } from '../../domain/cameras/camera-rules';
import type { Json, JsonObject } from '../../domain/shared/json';
import { timeOf } from './old-time';

const OLD_NAME = 'enabled';

/**
 * An entry of the old backend's file, as it lists it, read as this service reads the file itself: unquoted numbers in
 * text fields are text, a null of a known field is not set (only of `active` it counts, as false).
 */
export function remoteCamera(entry: JsonObject, answeredAt: Date): Camera {
  const { created_at, updated_at, is_active: _, ...settings } = entry;
  const written = Object.entries(settings).filter(([name, v]) => v !== null || counts(name));
  const fields = canonical(Object.fromEntries(written.map(([name, v]) => [name, asText(name, v)])));
  // Only entries that its domain path wrote carry times; for the others the time of the answer stands, as there is no other.
  return Camera.restore(fields, timeOf(created_at) ?? answeredAt, timeOf(updated_at) ?? answeredAt);
}

const counts = (name: string): boolean => name === 'active' || name === OLD_NAME || !isKnownField(name);

function asText(name: string, value: Json): Json {
  const plain = typeof value === 'number' || typeof value === 'boolean';
  return plain && isKnownField(name) && CAMERA_RULES[name]?.text ? String(value) : value;
}
