import { type ServiceSight, stepParts, type WatchedParts } from '../../domain/alerts/part-watch';
import type { SiteNotice } from '../../domain/shared/site-notice';
import type { Clock, Log } from '../shared/log';
import type { Notice } from './evaluation-store';
import type { SiteWatchStore } from './site-watch-store';

/** What the rollout did after what was read before: how far it is read now, and what people are to be told of it. */
export type ReadNews<Read> = (read: Read) => Promise<readonly [read: Read, notices: readonly SiteNotice[]]>;

/**
 * Tells people of the site itself: what its rollout did, and which parts are not well. Everything it knows is stored
 * together with what it told, so it does not matter which service watches, or when one is killed.
 */
export class SiteWatch<Rollout> {
  private leads = false;

  constructor(
    private readonly store: SiteWatchStore<Rollout>,
    private readonly news: ReadNews<Rollout>,
    private readonly by: readonly Notice[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async take(): Promise<void> {
    this.leads = true;
  }

  async leave(): Promise<void> {
    this.leads = false;
  }

  /** Looks once; nothing while another service watches. Answers whether all is well and nothing can come of time alone. */
  async run(): Promise<boolean> {
    if (!this.leads) return false;
    const { version, watched } = await this.store.load();
    const [rollout, told] = await this.news(watched.rollout);
    const sights = await this.store.sights();
    const [parts, found] = stepParts(watched.parts, sights, this.clock().getTime());
    if (rollout === watched.rollout && parts === watched.parts) return isCalm(parts, sights);
    const stored = await this.store.commit({
      version,
      to: { parts, rollout },
      notices: [...told, ...found],
      by: this.by,
    });
    if (!stored) this.log.warn('another service watches the site as well; this one looks again');
    return false;
  }
}

const isCalm = ({ parts }: WatchedParts, sights: readonly ServiceSight[]): boolean =>
  Object.values(parts).every(({ downSince }) => downSince === null) &&
  sights.every((sight) => Object.values(sight.parts).every(({ looks }) => looks === 0));
