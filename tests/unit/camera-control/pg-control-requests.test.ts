import { Unavailable, effectOf } from '../../../src/domain/shared/domain-error';
import { PgControlRequests } from '../../../src/infrastructure/postgres/pg-control-requests';
import { rememberingLog } from '../../support/quiet-log';

const away = new Unavailable('database.unavailable', 'The database does not answer right now.', 'not-started');
const request = { node: null, path: 'domain', method: 'start', input: { camera_id: 'cam' } } as const;

/** A database that goes away before the statement of this number. */
const line = (nth: number) => {
  let statements = 0;
  const execute = async <Row>(): Promise<Row[]> => {
    statements += 1;
    if (statements >= nth) throw away;
    return [];
  };
  return new PgControlRequests({ execute }, rememberingLog());
};

describe('a question to the service that controls the cameras', () => {
  it.each([
    ['before it is asked was not asked', 1, 'not-started'],
    ['while its answer is waited for may be carried out', 2, 'unknown'],
    ['at a later look may be carried out', 4, 'unknown'],
  ])('whose database goes away %s', async (_, nth, effect) => {
    const error: unknown = await line(nth)
      .ask(request)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unavailable);
    expect(effectOf(error)).toBe(effect);
  });
});
