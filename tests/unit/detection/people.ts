import type { Sighting } from '../../../src/domain/detection/box';
import { NO_TRACKS, confirmedAt, followTracks } from '../../../src/domain/detection/tracks';
import { type ZoneRole, type Zone, type ZoneRules } from '../../../src/domain/detection/zone';
import { type ZoneFinding, NO_PEOPLE, stepZones } from '../../../src/domain/detection/zone-rules';

const WIDTH = 0.08;
const HEIGHT = 0.3;

/** A person who stands at x (its middle) with its feet at y. */
export const person = (x: number, y = 0.6, more: Partial<Sighting> = {}): Sighting => ({
  box: { x1: x - WIDTH / 2, y1: y - HEIGHT, x2: x + WIDTH / 2, y2: y },
  score: 0.8,
  ...more,
});

/** A strip of the picture from one x to another. */
export const strip = (id: string, role: ZoneRole, from: number, to: number, rules: Partial<ZoneRules> = {}): Zone => ({
  id,
  role,
  outline: [
    [from, 0],
    [to, 0],
    [to, 1],
    [from, 1],
  ],
  anchor: 'foot',
  rules: { after: [], labels: [], ...rules },
});

/** Where somebody is at a time; undefined: not to be seen. */
export type Path = (seconds: number) => Sighting | undefined;

/** From place to place, each with the second at which it is reached; nobody before the first and after the last. */
export function walk(...stops: readonly (readonly [seconds: number, x: number])[]): Path {
  return (t) => {
    const next = stops.findIndex(([seconds]) => seconds > t);
    const [from, to] = [stops[next - 1], stops[next]];
    if (!from || !to) return undefined;
    const share = (t - from[0]) / (to[0] - from[0]);
    return person(from[1] + share * (to[1] - from[1]));
  };
}

const PER_SECOND = 3;

/** What the rules find of some persons, with three looks a second. */
export function findingsOf(paths: readonly Path[], zones: readonly Zone[], seconds: number): ZoneFinding[] {
  let [tracks, people] = [NO_TRACKS, NO_PEOPLE];
  const all: ZoneFinding[] = [];
  for (let look = 0; look <= seconds * PER_SECOND; look += 1) {
    const now = look / PER_SECOND;
    tracks = followTracks(
      tracks,
      paths.flatMap((path) => path(now) ?? []),
      now,
    );
    const step = stepZones(people, confirmedAt(tracks, now), now, zones);
    people = step.people;
    all.push(...step.findings);
  }
  return all;
}

/** A finding in one line: rule, outcome, zone. */
export const said = ({ rule, outcome, zoneId }: ZoneFinding): string => `${rule} ${outcome} ${zoneId}`;
