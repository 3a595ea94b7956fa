import { DomainError } from '../../domain/shared/domain-error';
import type { Fault } from '../../domain/shared/fault';
import { isJsonObject, type Json } from '../../domain/shared/json';
import type { OldAnswer } from './old-backend-answer';

const WORD = /^[\w-]{1,50}$/;
/** `Missing field: name`, or the same in Chinese. */
const MISSING = /^(?:Missing field|缺少必填字段): ([\w-]{1,50})$/;

/**
 * A refusal of the old backend as the refusal of our own paths that means the same. Its texts are read but never
 * passed on: they may hold anything. A missing field is 400 or 409, depending on the path it took inside.
 */
export function cameraRefusal({ status, body: { detail = null } }: OldAnswer, id: string): DomainError {
  const missing = typeof detail === 'string' ? MISSING.exec(detail)?.[1] : undefined;
  if (missing !== undefined) return invalid([{ path: [missing], type: 'missing', message: `${missing} is required` }]);
  if (status === 404) return new DomainError('not-found', 'camera.not_found', `There is no camera "${id}".`);
  if (status === 409) return new DomainError('conflict', 'camera.exists', `There is a camera "${id}" already.`);
  return invalid(Array.isArray(detail) ? detail.map(faultOf) : []);
}

function invalid(faults: readonly Fault[]): DomainError {
  const where = faults.map((f) => f.path.join('.')).filter((path) => path !== '');
  const message = `The old backend refused the camera${where.length > 0 ? `: look at ${where.join(', ')}` : ''}.`;
  return new DomainError('invalid', 'camera.invalid', message, { faults });
}

/** An item of its validation, whose `loc` starts with where the value was sent. */
function faultOf(item: Json): Fault {
  const { loc, type } = isJsonObject(item) ? item : { loc: null, type: null };
  const steps: readonly Json[] = Array.isArray(loc) ? loc.slice(1) : [];
  const path = steps.filter((step): step is string | number => WORD.test(String(step)));
  const kind = typeof type === 'string' && WORD.test(type) ? type : 'refused';
  return { path, type: kind, message: 'is refused by the old backend' };
}
