import type { JsonObject } from '../../domain/shared/json';
import type { RefusedExample } from './example';

const refused =
  (status: RefusedExample['status']) =>
  (input: JsonObject, code: string, detail: string): RefusedExample => ({ input, status, code, detail });

/** A call about something that does not exist. */
export const unknown = refused(404);

/** A call that makes no sense now. */
export const conflict = refused(409);

/** A call with one member that breaks a rule. */
const faulty =
  (status: RefusedExample['status'], place: string) =>
  (input: JsonObject, member: string, msg: string, type: string): RefusedExample => ({
    ...refused(status)(input, 'request.invalid', `${member} ${msg}`),
    more: { errors: [{ loc: [place, member], msg, type }] },
  });

/** A parameter in the query that cannot be read. */
export const unreadable = faulty(422, 'query');

/** A member of the body that breaks a rule. */
export const invalid = faulty(400, 'body');
