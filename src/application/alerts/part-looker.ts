import { type Away, type ServiceSight } from '../../domain/alerts/part-watch';
import { BAD_LOOKS, lookAgain, type PartLook, type PartStreak } from '../../domain/alerts/part-streak';
import { WATCHED_PARTS, type WatchedPart } from '../../domain/alerts/part-wording';
import type { Clock, Log } from '../shared/log';
import type { SiteWatchStore } from './site-watch-store';

/** Looks at the parts of this service, and tells the one that watches the site; after an outage what it missed. */
export class PartLooker {
  private parts: Partial<Record<WatchedPart, PartStreak>> = {};
  private away: Away | null = null;
  private published = { text: '', at: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly service: string,
    private readonly check: () => Promise<ReadonlyMap<string, PartLook>>,
    private readonly store: Pick<SiteWatchStore<unknown>, 'publish'>,
    private readonly clock: Clock,
    private readonly log: Log,
    /** While all is well, this often: others believe what was said lately. */
    private readonly publishEveryMs = 0,
  ) {}

  async look(): Promise<void> {
    const at = this.clock().getTime();
    const found = await this.check();
    this.follow('database', found.get('database'), at);
    // Without the database most others cannot be asked: they are as they were, as far as anybody knows.
    if (this.parts.database?.looks === 0)
      for (const part of WATCHED_PARTS) if (part !== 'database') this.follow(part, found.get(part), at);
    const sight: ServiceSight = { service: this.service, parts: this.parts, away: this.away };
    await this.publish(sight, at);
  }

  private async publish(sight: ServiceSight, at: number): Promise<void> {
    const looks = WATCHED_PARTS.map((part) => this.parts[part]?.looks);
    const text = JSON.stringify([looks, this.away]);
    const isWell = looks.every((bad) => bad === undefined || bad === 0);
    const isKnown = isWell && text === this.published.text && Math.abs(at - this.published.at) < this.publishEveryMs;
    if (isKnown) return;
    await this.store.publish(sight);
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
