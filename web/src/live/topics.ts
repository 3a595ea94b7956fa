import type { Alert, ConfigStatus, Event, Health, RolloutOverview, Violation } from '../api/generated';

/** A camera as `/ws/live` tells of it; the same is made of REST answers where there is no socket. */
export interface LiveCamera {
  readonly id: string;
  readonly name: string;
  readonly state: 'stopped' | 'starting' | 'running' | 'degraded' | 'stalled' | 'backoff' | 'failed' | 'stopping';
  readonly reason: string | null;
  readonly since: number | null;
  readonly wanted: 'running' | 'stopped';
  readonly active: boolean;
  readonly pid: number | null;
  readonly restarts: number;
  readonly next_try_at: number | null;
  readonly fps: number | null;
  readonly expected_fps: number | null;
  readonly last_frame_at: number | null;
  readonly motion: number | null;
}

export interface TopicData {
  readonly cameras: { readonly cameras: Readonly<Record<string, LiveCamera>> };
  readonly violations: { readonly counts: Readonly<Record<string, number>>; readonly items: readonly Violation[] };
  readonly alerts: { readonly items: readonly Alert[] };
  readonly events: { readonly items: readonly Event[] };
  readonly rollout: RolloutOverview;
  readonly config: ConfigStatus;
  readonly health: Health;
}

export type Topic = keyof TopicData | `logs:${string}`;

interface Items {
  readonly items?: readonly { readonly id: number | string }[];
  readonly lines?: readonly string[];
  readonly cameras?: Readonly<Record<string, LiveCamera>>;
  readonly removed?: readonly string[];
  readonly counts?: unknown;
}

const MOST_ITEMS = 500;
const MOST_LINES = 2_000;
const WHOLE: ReadonlySet<string> = new Set(['rollout', 'config', 'health']);

/** The data of a topic after a delta: states are replaced or merged, happenings are put in front. */
export function merged(topic: string, before: unknown, delta: unknown): unknown {
  if (WHOLE.has(topic) || before === undefined) return delta;
  const [old, next] = [before as Items, delta as Items];
  if (topic === 'cameras') {
    const cameras = { ...old.cameras, ...next.cameras };
    for (const id of next.removed ?? []) delete cameras[id];
    return { cameras };
  }
  if (topic.startsWith('logs:')) return { lines: [...(old.lines ?? []), ...(next.lines ?? [])].slice(-MOST_LINES) };
  const changed = new Set((next.items ?? []).map(({ id }) => id));
  const rest = (old.items ?? []).filter(({ id }) => !changed.has(id));
  return { ...old, ...next, items: [...(next.items ?? []), ...rest].slice(0, MOST_ITEMS) };
}
