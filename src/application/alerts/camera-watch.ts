import type { CameraCondition } from '../../domain/alerts/alert-input';
import type { KnownCamera } from '../../domain/alerts/rule-state';
import type { Clock } from '../shared/log';

/** The state of a wanted camera's process; `starting` is neither up nor down yet. */
export interface ProcessCondition {
  readonly is: 'up' | 'down' | 'starting';
  readonly since: Date;
}

export interface CameraStates {
  /** Of every camera whose process is wanted; undefined while another service controls the cameras. */
  current(): Promise<ReadonlyMap<string, ProcessCondition> | undefined>;
  /** The same, without a cache. */
  fresh?(): Promise<ReadonlyMap<string, ProcessCondition> | undefined>;
  /** Whether this node watches the camera; absent: every one. */
  isHere?(cameraId: string): boolean;
}

export interface CameraChangeStore {
  /** The last recorded conditions, and up to when, in milliseconds since 1970. */
  known(): Promise<{ readonly cameras: ReadonlyMap<string, KnownCamera>; readonly until: number }>;
  /** In one transaction. */
  note(changes: readonly NotedChange[], until: number): Promise<void>;
}

export interface NotedChange {
  readonly cameraId: string;
  readonly at: number;
  readonly condition: CameraCondition;
}

/** After a start, this is how long processes have to be taken over. */
const CONFIRM_MS = 15_000;

/** Records when cameras fail and recover, in the service that controls them, for the service that evaluates. */
export class CameraWatch {
  private known?: Map<string, KnownCamera>;
  private until = 0;
  private since = 0;
  private notedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly states: CameraStates,
    private readonly store: CameraChangeStore,
    private readonly clock: Clock,
    /** Without a change, the time up to which the conditions are known is stored this often. */
    private readonly noteEveryMs = 0,
  ) {}

  async look(): Promise<void> {
    await this.lookAt(await this.states.current());
  }

  private async lookAt(states: ReadonlyMap<string, ProcessCondition> | undefined, isFresh = false): Promise<void> {
    if (!states) return void delete this.known;
    const now = this.clock().getTime();
    const first = !this.known;
    if (first) {
      const { cameras, until } = await this.store.known();
      [this.known, this.until, this.since] = [new Map(cameras), until, now];
    }
    const starting = [...states.values()].some(({ is }) => is === 'starting');
    if (starting && now - this.since < CONFIRM_MS) return;
    const changes = this.changes(this.known ?? new Map(), states, now);
    // The cached state may be older than a change that was just made.
    if (changes.length > 0 && !isFresh && this.states.fresh) return this.lookAt(await this.states.fresh(), true);
    if (changes.length > 0 || Math.abs(now - this.notedAt) >= this.noteEveryMs) {
      await this.store.note(changes, now);
      this.notedAt = now;
    }
    this.until = now;
    for (const { cameraId, at, condition } of changes) this.known?.set(cameraId, { condition, since: at });
  }

  private changes(
    known: ReadonlyMap<string, KnownCamera>,
    states: ReadonlyMap<string, ProcessCondition>,
    now: number,
  ): NotedChange[] {
    const isHere = (id: string) => this.states.isHere?.(id) ?? true;
    const unwanted = [...known].filter(([id, seen]) => !states.has(id) && seen.condition !== 'unwanted' && isHere(id));
    const unwantedNow = unwanted.map(([cameraId]): NotedChange => ({ cameraId, at: now, condition: 'unwanted' }));
    const seen = [...states].flatMap(([cameraId, { is, since }]): NotedChange[] => {
      const before = known.get(cameraId);
      const condition = is === 'starting' ? (before?.condition === 'down' ? 'down' : 'up') : is;
      if (before?.condition === condition) return [];
      return [{ cameraId, condition, at: this.when(before, condition, since.getTime(), now) }];
    });
    return [...unwantedNow, ...seen];
  }

  /**
   * Without observation the time of a recovery is unknown: the earliest possible moment is taken. Otherwise the time is
   * that of its process, limited to the time since the last look.
   */
  private when(before: KnownCamera | undefined, condition: CameraCondition, since: number, now: number): number {
    if (!before) return Math.min(since, now);
    const unwatched = now - this.until > CONFIRM_MS;
    if (condition === 'up' && unwatched) return Math.max(before.since, this.until);
    return Math.min(now, Math.max(since, this.until));
  }
}
