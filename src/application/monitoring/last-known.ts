import type { Log } from '../shared/log';

const WITHIN_MS = 800;

/** What a question gave last: when it fails or hangs it is answered as before. */
export function lastKnown<T>(ask: () => Promise<T>, first: T, log: Log): () => Promise<T> {
  let last = first;
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), WITHIN_MS);
    });
    const asked = ask().then(
      (answer) => {
        last = answer;
      },
      (error: unknown) => log.debug('figures cannot be read now', { error }),
    );
    await Promise.race([asked, late]);
    clearTimeout(timer);
    return last;
  };
}
