import type { MetricFamily, MetricSample } from './metric-family';

export interface EventCount {
  readonly camera: string;
  readonly type: string;
  readonly count: number;
}

const MOST_SERIES = 200;
const SEPARATOR = '\u0000';

/** The first so many names have a series of their own for good; all later ones share `other`, so that no counter falls. */
class BoundedNames {
  private readonly known = new Set<string>();

  has(name: string): boolean {
    if (this.known.size < MOST_SERIES) this.known.add(name);
    return this.known.has(name);
  }
}

/**
 * `hbd_events_total` as the old backend named it: per camera and type, per type, and all. Unlike there it counts
 * everything ever taken in. When the counts cannot be read, the last ones are told again.
 */
export function eventFamily(counts: () => Promise<readonly EventCount[]>): MetricFamily {
  const [pairs, types] = [new BoundedNames(), new BoundedNames()];
  const label = (names: BoundedNames, name: string) => (names.has(name) ? name : ['other', 'other'].join(SEPARATOR));
  return {
    name: 'hbd_events_total',
    help: 'Events by camera and type, by type, and all',
    type: 'counter',
    samples: async () => {
      const all = await counts();
      const byPair = sums(all, ({ camera, type }) => label(pairs, `${camera}${SEPARATOR}${type}`));
      const byType = sums(all, ({ type }) => label(types, type).split(SEPARATOR)[0] ?? '');
      return [
        ...byPair.map(([name, value]) => sample(['camera', 'type'], name.split(SEPARATOR), value)),
        ...byType.map(([type, value]) => sample(['type'], [type], value)),
        sample(
          [],
          [],
          all.reduce((sum, { count }) => sum + count, 0),
        ),
      ];
    },
  };
}

function sums(all: readonly EventCount[], nameOf: (count: EventCount) => string): [string, number][] {
  const found = new Map<string, number>();
  for (const one of all) found.set(nameOf(one), (found.get(nameOf(one)) ?? 0) + one.count);
  return [...found];
}

const sample = (names: readonly string[], values: readonly string[], value: number): MetricSample => ({
  labels: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])),
  value,
});
