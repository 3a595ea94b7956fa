import { type Box, type Sighting, distanceToBorder, footOf, heightOf, isInside } from './box';
import type { Track } from './tracks';
import type { ZoneRole, Zone } from './zone';

type RuleName = 'restricted' | 'too_long' | 'too_short' | 'too_many' | 'order' | 'drying' | 'hands' | 'labels';

/**
 * What a rule says of one person, or of a zone. `unknown`: the person was lost, or not seen from the beginning, so that
 * nobody can say. `held`: the rule was kept, or what it looks for happened.
 */
export interface ZoneFinding {
  readonly rule: RuleName;
  readonly outcome: 'broken' | 'held' | 'unknown';
  readonly zoneId: string;
  /** 0: the rule is about no single person. */
  readonly trackId: number;
  /** Seconds, of the pictures. */
  readonly at: number;
  /** Further facts, by the names that events carry. */
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly box?: Box;
  /** Of the last sighting, 0 to 1. */
  readonly score?: number;
}

/** Being in a zone, or out of it, counts when it lasted, and then from its first moment. */
interface Presence {
  readonly phase: 'out' | 'coming' | 'in';
  readonly looks: number;
  readonly first: number;
  readonly last: number;
  /** How far the person went past the border, in heights of its body. */
  readonly depth: number;
  /** Looks at its labels, and how many lacked each of those that the zone asks for. */
  readonly labelled: number;
  readonly lacking: Readonly<Record<string, number>>;
  readonly said: readonly RuleName[];
}

interface Visit {
  readonly zoneId: string;
  readonly role: ZoneRole;
  readonly from: number;
}

interface Person {
  readonly track: Track;
  readonly at: ReadonlyMap<string, Presence>;
  readonly hands: ReadonlyMap<string, Presence>;
  readonly visits: readonly Visit[];
  /** When a rule last spoke of this person in a zone. */
  readonly spoke: ReadonlyMap<string, number>;
  readonly cameFromEntrance: boolean;
}

interface Crowd {
  readonly since: number;
  readonly said: boolean;
}

export interface People {
  readonly persons: ReadonlyMap<number, Person>;
  readonly crowds: ReadonlyMap<string, Crowd>;
}

export const NO_PEOPLE: People = { persons: new Map(), crowds: new Map() };

const ENTER = { looks: 2, seconds: 0.4 };
const HANDS = { looks: 3, seconds: 0 };
const LEAVE_S = 0.8;
const LOST_S = 2;
const CROWD_S = 1;
const MEMORY_S = 600;
const COOLDOWN_S = 10;
/** Below it a wrist is hidden. */
const HAND_SCORE = 0.25;
/** Who only grazes a border was not in the zone. */
const LEAST_DEPTH = 0.1;
const LEAST_LOOKS = 3;
const SEEN_SHARE = 0.7;
const MOST_VISITS = 50;

const OUT: Presence = { phase: 'out', looks: 0, first: 0, last: 0, depth: 0, labelled: 0, lacking: {}, said: [] };

/** What people did between the picture before and this one. `tracks`: those seen in it. */
export function stepZones(before: People, tracks: readonly Track[], now: number, zones: readonly Zone[]) {
  const findings: ZoneFinding[] = [];
  const persons = new Map(before.persons);
  for (const track of tracks) {
    const known = persons.get(track.id) ?? stranger(track, zones);
    persons.set(track.id, new PersonStep(known, track, now, zones, findings).person());
  }
  for (const [id, person] of persons)
    if (now - person.track.seenAt > LOST_S) {
      persons.delete(id);
      findings.push(...lost(person, zones));
    }
  return { people: { persons, crowds: stepCrowds(before.crowds, persons, now, zones, findings) }, findings };
}

const stranger = (track: Track, zones: readonly Zone[]): Person => ({
  track,
  at: new Map(),
  hands: new Map(),
  visits: [],
  spoke: new Map(),
  cameFromEntrance: zones.some(({ role, outline }) => role === 'entrance' && isInside(footOf(track.box), outline)),
});

/** The end of a visit was not seen: whatever its length decides is unknown. */
function lost({ at, track }: Person, zones: readonly Zone[]): ZoneFinding[] {
  return zones.flatMap((zone): ZoneFinding[] => {
    const presence = at.get(zone.id);
    if (presence?.phase !== 'in' || zone.rules.leastSeconds === undefined) return [];
    const seconds = rounded(presence.last - presence.first);
    if (seconds >= zone.rules.leastSeconds) return [];
    const facts = { region: zone.id, seconds, required_seconds: zone.rules.leastSeconds, why: 'lost' };
    return [{ rule: 'too_short', outcome: 'unknown', zoneId: zone.id, trackId: track.id, at: presence.last, facts }];
  });
}

/** Who was lost a moment ago still counts: people hide each other. */
function stepCrowds(
  before: People['crowds'],
  persons: People['persons'],
  now: number,
  zones: readonly Zone[],
  findings: ZoneFinding[],
): Map<string, Crowd> {
  const crowds = new Map<string, Crowd>();
  for (const { id, rules } of zones) {
    const people = [...persons.values()].filter(({ at }) => at.get(id)?.phase === 'in').length;
    if (rules.mostPersons === undefined || people <= rules.mostPersons) continue;
    const { since, said } = before.get(id) ?? { since: now, said: false };
    const lasts = now - since >= CROWD_S;
    if (lasts && !said) {
      const facts = { region: id, persons: people, allowed: rules.mostPersons };
      findings.push({ rule: 'too_many', outcome: 'broken', zoneId: id, trackId: 0, at: now, facts });
    }
    crowds.set(id, { since, said: said || lasts });
  }
  return crowds;
}

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;

/** One person in one more picture. */
class PersonStep {
  private readonly at: Map<string, Presence>;
  private readonly hands: Map<string, Presence>;
  private readonly spoke: Map<string, number>;
  private visits: readonly Visit[];

  constructor(
    private readonly before: Person,
    private readonly track: Track,
    private readonly now: number,
    private readonly zones: readonly Zone[],
    private readonly findings: ZoneFinding[],
  ) {
    this.at = new Map(before.at);
    this.hands = new Map(before.hands);
    this.spoke = new Map(before.spoke);
    this.visits = before.visits;
  }

  person(): Person {
    for (const zone of this.zones) if (zone.role !== 'ignore') this.stepZone(zone);
    const { cameFromEntrance } = this.before;
    const { track, at, hands, spoke } = this;
    return { track, at, hands, spoke, cameFromEntrance, visits: this.visits.slice(-MOST_VISITS) };
  }

  private stepZone(zone: Zone): void {
    const was = this.at.get(zone.id) ?? OUT;
    const isIn = zone.anchor === 'hands' ? this.hasHandIn(zone) : isInside(footOf(this.track.box), zone.outline);
    const counted = isIn ? this.counted(was, zone) : was;
    const is = moved(counted, isIn, this.now, ENTER);
    this.at.set(zone.id, is);
    if (was.phase === 'coming' && is.phase === 'in') this.entered(zone, is.first);
    if (was.phase === 'in' && is.phase === 'out') this.left(zone, was);
    if (is.phase === 'in') this.stays(zone, is);
    if (zone.role === 'wash') this.washes(zone);
  }

  private hasHandIn({ outline }: Zone): boolean {
    return (this.track.last.hands ?? []).some(({ at, score }) => score >= HAND_SCORE && isInside(at, outline));
  }

  private counted(was: Presence, zone: Zone): Presence {
    const base = was.phase === 'out' ? OUT : was;
    const body = Math.max(heightOf(this.track.box), 1e-6);
    const depth = Math.max(base.depth, distanceToBorder(footOf(this.track.box), zone.outline) / body);
    return { ...base, depth, ...labelsSeen(base, this.track.last, zone.rules.labels) };
  }

  private entered(zone: Zone, at: number): void {
    if (zone.role === 'restricted') this.say('restricted', 'broken', zone, at, {});
    const before = this.visits.filter(({ from }) => at - from <= MEMORY_S);
    this.checkOrder(zone, before, at);
    if (zone.role === 'work') this.checkDrying(zone, before, at);
    this.visits = [...this.visits, { zoneId: zone.id, role: zone.role, from: at }];
  }

  /** Innocent until seen: who was not watched from the beginning may have been anywhere. */
  private checkOrder(zone: Zone, before: readonly Visit[], at: number): void {
    const { after } = zone.rules;
    if (after.length === 0) return;
    const missing = after.filter((role) => !before.some((visit) => visit.role === role));
    const known = (this.track.fromEdge || this.before.cameFromEntrance) && this.seenShare >= SEEN_SHARE;
    const outcome = missing.length === 0 ? 'held' : known ? 'broken' : 'unknown';
    this.say('order', outcome, zone, at, { missing, unseen_share: rounded(1 - this.seenShare) });
  }

  private checkDrying(zone: Zone, before: readonly Visit[], at: number): void {
    const washed = before.findLast(({ role }) => role === 'wash');
    if (!washed || !this.zones.some(({ role }) => role === 'dry')) return;
    const dried = before.some(({ role, from }) => role === 'dry' && from >= washed.from);
    const outcome = dried ? 'held' : this.seenShare >= SEEN_SHARE ? 'broken' : 'unknown';
    this.say('drying', outcome, zone, at, { from: washed.zoneId, to: zone.id });
  }

  private left(zone: Zone, visit: Presence): void {
    const { leastSeconds } = zone.rules;
    if (leastSeconds === undefined || visit.depth < LEAST_DEPTH || visit.looks < LEAST_LOOKS) return;
    const seconds = rounded(visit.last - visit.first);
    const facts = { dwell_seconds: seconds, required_seconds: leastSeconds };
    this.say('too_short', seconds < leastSeconds ? 'broken' : 'held', zone, visit.last, facts);
  }

  private stays(zone: Zone, visit: Presence): void {
    const { mostSeconds, labels } = zone.rules;
    const seconds = rounded(this.now - visit.first);
    if (mostSeconds !== undefined && seconds > mostSeconds)
      this.sayOnce('too_long', 'broken', zone, { dwell_seconds: seconds, allowed_seconds: mostSeconds });
    if (visit.labelled < LEAST_LOOKS) return;
    const missing = labels.filter((label) => (visit.lacking[label] ?? 0) * 2 > visit.labelled);
    if (missing.length > 0)
      this.sayOnce('labels', 'broken', zone, { has_hairnet: !missing.includes('hairnet'), missing });
  }

  /** A hand over the basin for some looks; whether there was water and soap, no camera knows. */
  private washes(zone: Zone): void {
    const was = this.hands.get(zone.id) ?? OUT;
    const is = moved(was, this.hasHandIn(zone), this.now, HANDS);
    this.hands.set(zone.id, is);
    if (was.phase === 'coming' && is.phase === 'in')
      this.say('hands', 'held', zone, is.first, { hand_in_sink: true, consecutive: HANDS.looks });
  }

  private get seenShare(): number {
    return this.track.looks / Math.max(1, this.track.chances);
  }

  /** Once for each visit. */
  private sayOnce(rule: RuleName, outcome: ZoneFinding['outcome'], zone: Zone, facts: ZoneFinding['facts']): void {
    const visit = this.at.get(zone.id) ?? OUT;
    if (visit.said.includes(rule)) return;
    this.at.set(zone.id, { ...visit, said: [...visit.said, rule] });
    this.say(rule, outcome, zone, this.now, facts);
  }

  private say(
    rule: RuleName,
    outcome: ZoneFinding['outcome'],
    zone: Zone,
    at: number,
    facts: ZoneFinding['facts'],
  ): void {
    const key = `${rule} ${zone.id}`;
    if (outcome === 'broken' && at - (this.spoke.get(key) ?? -Infinity) < COOLDOWN_S) return;
    if (outcome === 'broken') this.spoke.set(key, at);
    const { id: trackId, box, last, looks } = this.track;
    const all = { region: zone.id, looks, ...facts };
    this.findings.push({ rule, outcome, zoneId: zone.id, trackId, at, facts: all, box, score: last.score });
  }
}

function moved(was: Presence, isIn: boolean, now: number, enter: typeof ENTER): Presence {
  switch (was.phase) {
    case 'out':
      return isIn ? { ...was, phase: 'coming', looks: 1, first: now, last: now } : OUT;
    case 'coming': {
      if (!isIn) return OUT;
      const looks = was.looks + 1;
      const lasts = looks >= enter.looks && now - was.first >= enter.seconds;
      return { ...was, looks, last: now, phase: lasts ? 'in' : 'coming' };
    }
    case 'in':
      if (isIn) return { ...was, looks: was.looks + 1, last: now };
      return now - was.last >= LEAVE_S ? OUT : was;
  }
}

/** Only looks at which the model was sure of something count. */
function labelsSeen(was: Presence, { labels }: Sighting, wanted: readonly string[]) {
  if (!labels || wanted.length === 0 || Object.keys(labels).length === 0) return {};
  const lacking = wanted.map((label) => [label, (was.lacking[label] ?? 0) + (labels[label] === false ? 1 : 0)]);
  return { labelled: was.labelled + 1, lacking: Object.fromEntries(lacking) as Presence['lacking'] };
}
