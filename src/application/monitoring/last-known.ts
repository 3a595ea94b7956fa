import type { Log } from '../shared/log';
import { within } from '../shared/within';

const WITHIN_MS = 800;

/** What a question gave last: when it fails or hangs it is answered as before. */
export function lastKnown<T>(ask: () => Promise<T>, first: T, log: Log): () => Promise<T> {
  let last = first;
  return async () => {
    const asked = ask().then(
      (answer) => {
        last = answer;
      },
      (error: unknown) => log.debug('figures cannot be read now', { error }),
    );
    await within(WITHIN_MS, asked, () => undefined);
    return last;
  };
}
