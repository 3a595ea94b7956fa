import type { SiteNotice } from '../shared/site-notice';
import { type CameraCondition, iso, NONE, type Stepped } from './alert-input';
import { noOutage, type Outage, stepOutage } from './outage';
import { BAD_LOOKS, type PartLook, type PartStreak } from './part-streak';
import { WATCHED_PARTS, type WatchedPart, wordedPart } from './part-wording';

/** When a service was without its database: it could tell nobody before it was back. Milliseconds since 1970. */
export interface Away {
  readonly from: number;
  readonly to: number;
}

/** What one service says of the parts. */
export interface ServiceSight {
  readonly service: string;
  readonly parts: Readonly<Partial<Record<WatchedPart, PartStreak>>>;
  /** Its last time without the database. */
  readonly away: Away | null;
}

/** What is known of the parts for the whole site. Plain JSON, so that it survives a restart as it is. */
export interface WatchedParts {
  readonly parts: Readonly<Partial<Record<WatchedPart, Outage>>>;
  /** Up to when times without the database were told. */
  readonly awayUntil: number;
}

export const NO_PARTS: WatchedParts = { parts: {}, awayUntil: 0 };

/** Bad looks in a row are waited for, so what is bad then is told at once; it has to be well for a while to be over. */
const PART_RULE = { schedule: undefined, durationMs: 0, recoveryMs: 30_000, cooldownMs: 0 };

/** The next state, and what people are to be told: one trouble of a part, whichever services see it, is told once. */
export function stepParts(
  before: WatchedParts,
  sights: readonly ServiceSight[],
  now: number,
): readonly [WatchedParts, SiteNotice[]] {
  const notices: SiteNotice[] = [];
  let state = before;
  const follow = (part: WatchedPart, steps: (outage: Outage) => Stepped<Outage>, look: PartLook) => {
    const known = state.parts[part] ?? noOutage;
    const [next, decisions] = steps(known);
    notices.push(...decisions.map((decision) => wordedPart(part, decision, look)));
    if (next !== known) state = { ...state, parts: { ...state.parts, [part]: next } };
  };
  for (const { away, service } of byBeginning(sights)) {
    if (away.to <= state.awayUntil) continue;
    const told = away.from < state.awayUntil && state.parts.database?.downSince === null;
    state = { ...state, awayUntil: away.to };
    const look = { status: 'error', details: { service, until: iso(away.to) } };
    if (!told) follow('database', (outage) => gone(outage, away), look);
  }
  for (const part of WATCHED_PARTS) {
    const streaks = sights.flatMap((s) => (s.parts[part] ? [{ ...s.parts[part], service: s.service }] : []));
    const worst = streaks.reduce((a, b) => (b.looks > a.looks ? b : a), streaks[0] ?? WELL);
    if (streaks.length > 0) follow(part, (outage) => seen(outage, worst, now), worst);
  }
  return [state, notices];
}

const WELL = { status: 'ok', looks: 0, since: 0, service: '' };

const byBeginning = (sights: readonly ServiceSight[]) =>
  sights.flatMap(({ service, away }) => (away ? [{ service, away }] : [])).sort((a, b) => a.away.from - b.away.from);

function gone(outage: Outage, { from, to }: Away): Stepped<Outage> {
  const [down, told] = see(outage, 'down', from, to);
  const [up, more] = stepOutage(PART_RULE, down, { kind: 'camera', at: to, condition: 'up' });
  return [up, [...told, ...more]];
}

/** A single bad look begins nothing, but it keeps from being over what has begun. */
function seen(outage: Outage, { looks, since }: PartStreak, now: number): Stepped<Outage> {
  if (looks === 0) return see(outage, 'up', now, now);
  if (outage.downSince === null && looks < BAD_LOOKS) return [outage, NONE];
  return see(outage, 'down', since, now);
}

/** Takes notice of a condition that began `at`, and decides what is due by `now`. */
function see(outage: Outage, condition: CameraCondition, at: number, now: number): Stepped<Outage> {
  const [next, decisions] = stepOutage(PART_RULE, outage, { kind: 'camera', at, condition });
  const [last, more] = stepOutage(PART_RULE, next, { kind: 'time', at: now });
  return [last, [...decisions, ...more]];
}
