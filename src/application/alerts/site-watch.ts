import { stepParts } from '../../domain/alerts/part-watch';
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

  /** Looks once; nothing while another service watches. */
  async run(): Promise<void> {
    if (!this.leads) return;
    const { version, watched } = await this.store.load();
    const [rollout, told] = await this.news(watched.rollout);
    const [parts, found] = stepParts(watched.parts, await this.store.sights(), this.clock().getTime());
    if (rollout === watched.rollout && parts === watched.parts) return;
    const stored = await this.store.commit({
      version,
      to: { parts, rollout },
      notices: [...told, ...found],
      by: this.by,
    });
    if (!stored) this.log.warn('another service watches the site as well; this one looks again');
  }
}
