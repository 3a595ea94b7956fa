import {
  type Away,
  BAD_LOOKS,
  type InstanceHealth,
  type PartLook,
  type PartStreak,
  WATCHED_PARTS,
  type WatchedPart,
  type WatchedParts,
  lookAgain,
  stepParts,
} from '../../domain/alerts/component-health';
import type { SiteNotice } from '../../domain/shared/site-notice';
import type { Clock, Log } from '../shared/log';
import type { DeliveryTarget } from './alert-channel';

/** The stored state of the site watch. */
export interface Watched<Rollout> {
  readonly parts: WatchedParts;
  /** The position in the rollout's events: plain JSON that only its reader interprets. */
  readonly rollout: Rollout;
}

/** One step of the watch: stored completely or not at all. */
export interface WatchStep<Rollout> {
  /** The version that was loaded; the stored one is one higher. */
  readonly version: number;
  readonly to: Watched<Rollout>;
  readonly notices: readonly SiteNotice[];
  /** Targets of each notice. */
  readonly by: readonly DeliveryTarget[];
}

/** Shared by all services of a site. */
export interface SiteWatchStore<Rollout> {
  load(): Promise<{ readonly version: number; readonly watched: Watched<Rollout> }>;
  /** The health that the services published lately. */
  instances(): Promise<readonly InstanceHealth[]>;
  publish(instance: InstanceHealth): Promise<void>;
  /** False when another service stored a step in between; nothing was stored then. */
  commit(step: WatchStep<Rollout>): Promise<boolean>;
}

/**
 * Checks the components of this service and publishes their health for the site watch; after an outage of the database
 * also the time without it.
 */
export class HealthReporter {
  private parts: Partial<Record<WatchedPart, PartStreak>> = {};
  private away: Away | null = null;
  private published = { text: '', at: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly service: string,
    private readonly check: () => Promise<ReadonlyMap<string, PartLook>>,
    private readonly store: Pick<SiteWatchStore<unknown>, 'publish'>,
    private readonly clock: Clock,
    private readonly log: Log,
    /** While all is well, health is published this often: the site watch accepts it for a while. */
    private readonly publishEveryMs = 0,
  ) {}

  async look(): Promise<void> {
    const at = this.clock().getTime();
    const found = await this.check();
    this.follow('database', found.get('database'), at);
    // Without the database most other components cannot be checked: they keep their last state.
    if (this.parts.database?.looks === 0)
      for (const part of WATCHED_PARTS) if (part !== 'database') this.follow(part, found.get(part), at);
    const instance: InstanceHealth = { service: this.service, parts: this.parts, away: this.away };
    await this.publish(instance, at);
  }

  private async publish(instance: InstanceHealth, at: number): Promise<void> {
    const looks = WATCHED_PARTS.map((part) => this.parts[part]?.looks);
    const text = JSON.stringify([looks, this.away]);
    const isWell = looks.every((bad) => bad === undefined || bad === 0);
    const isKnown = isWell && text === this.published.text && Math.abs(at - this.published.at) < this.publishEveryMs;
    if (isKnown) return;
    await this.store.publish(instance);
    this.published = { text, at };
  }

  private follow(part: WatchedPart, look: PartLook | undefined, at: number): void {
    if (!look) return;
    const before = this.parts[part];
    const now = lookAgain(before, look, at);
    this.parts = { ...this.parts, [part]: now };
    if (now.looks === BAD_LOOKS) this.log.error(`${part} is not well`, { status: look.status, error: look.error });
    if (part !== 'database' || now.looks > 0 || !before || before.looks < BAD_LOOKS) return;
    this.away = { from: before.since, to: at };
  }
}

/** Rollout events after those read before: the new position, and the notices for them. */
type ReadNews<Read> = (read: Read) => Promise<readonly [read: Read, notices: readonly SiteNotice[]]>;

/**
 * Sends site notices: rollout events and unhealthy components. Its state is stored together with the notices, so it
 * does not matter which service watches, or when one is killed.
 */
export class SiteWatch<Rollout> {
  private leads = false;

  constructor(
    private readonly store: SiteWatchStore<Rollout>,
    private readonly news: ReadNews<Rollout>,
    private readonly by: readonly DeliveryTarget[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async take(): Promise<void> {
    this.leads = true;
  }

  async leave(): Promise<void> {
    this.leads = false;
  }

  /**
   * One pass; nothing while another service watches. Answers whether all is well and nothing becomes due by time alone.
   */
  async run(): Promise<boolean> {
    if (!this.leads) return false;
    const { version, watched } = await this.store.load();
    const [rollout, news] = await this.news(watched.rollout);
    const instances = await this.store.instances();
    const [parts, found] = stepParts(watched.parts, instances, this.clock().getTime());
    if (rollout === watched.rollout && parts === watched.parts) return isCalm(parts, instances);
    const stored = await this.store.commit({
      version,
      to: { parts, rollout },
      notices: [...news, ...found],
      by: this.by,
    });
    if (!stored) this.log.warn('another service watches the site as well; this one looks again');
    return false;
  }
}

const isCalm = ({ parts }: WatchedParts, sights: readonly InstanceHealth[]): boolean =>
  Object.values(parts).every(({ downSince }) => downSince === null) &&
  sights.every((sight) => Object.values(sight.parts).every(({ looks }) => looks === 0));
