import { Store } from './store';

/** Whether the service answers, lets this page in, and is still the build that this page came from. */
export const reachable = new Store<{ readonly ok: boolean; readonly since: number }>({ ok: true, since: Date.now() });
/** A request was refused for want of a token: the page asks for one and keeps everything else as it is. */
export const unauthorized = new Store(false);
/** Since when the service cannot use its database; undefined: it can. */
export const databaseAway = new Store<number | undefined>(undefined);
/** Since when that may be so: the service is asked for its health until it is known. */
export const databaseDoubted = new Store<number | undefined>(undefined);
export const newerBuild = new Store(false);

const OWN_BUILD = document.querySelector('meta[name="watchgate-build"]')?.getAttribute('content');

let answeredAt = Date.now();
/** When the service last answered or said something, by this PC's clock. */
export const lastAnswerAt = (): number => answeredAt;

export function noteReachable(): void {
  answeredAt = Date.now();
  if (!reachable.get().ok) reachable.set({ ok: true, since: Date.now() });
}

export function noteUnreachable(): void {
  if (reachable.get().ok) reachable.set({ ok: false, since: Date.now() });
}

/** `doubted`: a request was refused for want of the database, which a moment of load does, too. */
export function noteDatabase(state: 'answers' | 'doubted' | 'away'): void {
  const since = databaseDoubted.get() ?? Date.now();
  databaseDoubted.set(state === 'answers' ? undefined : since);
  if (state !== 'doubted') databaseAway.set(state === 'away' ? since : undefined);
}

export const noteUnauthorized = (): void => unauthorized.set(true);

export function noteBuild(build: string | null): void {
  if (build && OWN_BUILD && OWN_BUILD !== 'dev') newerBuild.set(build !== OWN_BUILD);
}
