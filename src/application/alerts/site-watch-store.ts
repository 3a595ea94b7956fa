import type { ServiceSight, WatchedParts } from '../../domain/alerts/part-watch';
import type { SiteNotice } from '../../domain/shared/site-notice';
import type { Notice } from './evaluation-store';

/** What the watch of the site remembers. */
export interface Watched<Rollout> {
  readonly parts: WatchedParts;
  /** How far the rollout was read: plain JSON; only who reads it knows what is in it. */
  readonly rollout: Rollout;
}

/** One step of the watch: stored as a whole, or not at all. */
export interface WatchStep<Rollout> {
  /** Of what was loaded; the stored one is one more. */
  readonly version: number;
  readonly to: Watched<Rollout>;
  readonly notices: readonly SiteNotice[];
  /** How each of them is told. */
  readonly by: readonly Notice[];
}

/** Shared by all services of a site. */
export interface SiteWatchStore<Rollout> {
  load(): Promise<{ readonly version: number; readonly watched: Watched<Rollout> }>;
  /** What the services said lately. */
  sights(): Promise<readonly ServiceSight[]>;
  publish(sight: ServiceSight): Promise<void>;
  /** False when somebody else stored a step in between; nothing was stored then. */
  commit(step: WatchStep<Rollout>): Promise<boolean>;
}
