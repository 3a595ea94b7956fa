import { type Path, findingsOf, person, said, strip, walk } from './people';

/** Entrance at the left edge, then a basin, a dryer and the place of work. */
const LINE = [
  strip('in', 'entrance', 0, 0.15),
  strip('sink', 'wash', 0.2, 0.4, { leastSeconds: 2 }),
  strip('dryer', 'dry', 0.45, 0.6),
  strip('line', 'work', 0.7, 1, { after: ['wash'] }),
];

const told = (path: Path, seconds = 20, zones = LINE) => findingsOf([path], zones, seconds).map(said);

describe('the order wash, dry, work', () => {
  it('is kept by who does all three', () => {
    const path = walk([0, 0], [2, 0.3], [6, 0.3], [7, 0.52], [9, 0.52], [11, 0.85], [15, 0.85]);
    expect(told(path)).toEqual(['too_short held sink', 'order held line', 'drying held line']);
  });

  it('is broken by who does not dry', () => {
    const path = walk([0, 0], [2, 0.3], [6, 0.3], [10, 0.85], [14, 0.85]);
    const zones = LINE.map((zone) =>
      zone.id === 'dryer'
        ? {
            ...zone,
            outline: [
              [0.45, 0.7],
              [0.6, 0.7],
              [0.6, 1],
              [0.45, 1],
            ] as const,
          }
        : zone,
    );
    expect(told(path, 20, zones)).toEqual(['too_short held sink', 'order held line', 'drying broken line']);
  });

  it('is broken by who does not wash', () => {
    const zones = LINE.filter(({ id }) => id !== 'sink' && id !== 'dryer');
    const [broken] = findingsOf([walk([0, 0], [4, 0.85], [8, 0.85])], zones, 10);
    expect(broken).toMatchObject({ rule: 'order', outcome: 'broken', facts: { region: 'line', missing: ['wash'] } });
  });

  it('is unknown of who appeared in the middle of the picture', () => {
    const zones = LINE.filter(({ id }) => id === 'line');
    expect(told(walk([0, 0.5], [4, 0.85], [8, 0.85]), 10, zones)).toEqual(['order unknown line']);
  });

  it('is known of who appeared at an entrance', () => {
    const door = strip('door', 'entrance', 0.4, 0.55);
    expect(told(walk([0, 0.5], [4, 0.85], [8, 0.85]), 10, [door, LINE[3]!])).toEqual(['order broken line']);
  });

  it('is unknown of who was hidden for a third of the way', () => {
    const path = walk([0, 0], [8, 0.85], [12, 0.85]);
    const hidden: Path = (t) => (t > 1 && t < 6 && Math.floor(t * 3) % 3 < 2 ? undefined : path(t));
    expect(told(hidden, 12, [LINE[3]!])).toEqual(['order unknown line']);
  });
});

describe('a stay', () => {
  const sink = [strip('sink', 'wash', 0.2, 0.4, { leastSeconds: 3 })];

  it('is too short when the person left too soon', () => {
    const [found] = findingsOf([walk([0, 0.1], [1, 0.3], [2, 0.3], [3, 0.6], [8, 0.6])], sink, 9);
    expect(found).toMatchObject({ rule: 'too_short', outcome: 'broken', trackId: 1 });
    expect(found?.facts).toMatchObject({ region: 'sink', required_seconds: 3 });
    expect(found?.facts.dwell_seconds).toBeCloseTo(1.8, 0);
  });

  it('is unknown when the person was lost in it', () => {
    const path = walk([0, 0.1], [1, 0.3], [2, 0.3]);
    expect(told(path, 8, sink)).toEqual(['too_short unknown sink']);
  });

  it('is long enough, even of a person who was lost later', () => {
    expect(told(walk([0, 0.1], [1, 0.3], [6, 0.3]), 10, sink)).toEqual([]);
  });

  it('is none of who only grazes the border', () => {
    expect(told(walk([0, 0.1], [3, 0.205], [4, 0.205], [6, 0.1], [8, 0.1]), 9, sink)).toEqual([]);
  });

  it('is too long once, however long', () => {
    const zone = [strip('store', 'monitoring', 0.5, 1, { mostSeconds: 4 })];
    const [found, ...more] = findingsOf([walk([0, 0.3], [2, 0.7], [30, 0.7])], zone, 30);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ rule: 'too_long', outcome: 'broken' });
    expect(found?.at).toBeCloseTo(5.4, 0);
  });

  it('in a restricted zone is broken from its first moment, and said once in ten seconds', () => {
    const zone = [strip('machine', 'restricted', 0.5, 1)];
    const path = walk([0, 0.3], [2, 0.7], [3, 0.7], [5, 0.3], [6, 0.3], [8, 0.7], [20, 0.7]);
    const found = findingsOf([path], zone, 20);
    expect(found.map(said)).toEqual(['restricted broken machine']);
    expect(found[0]?.at).toBeCloseTo(1, 0);
  });
});

describe('too many persons', () => {
  const zone = [strip('room', 'monitoring', 0, 1, { mostPersons: 2 })];
  const stands = (x: number, until = 10, from = 0) => walk([from, x], [until, x]);

  it('are said once for each time, after a second', () => {
    const found = findingsOf([stands(0.2), stands(0.5), stands(0.8, 10, 4)], zone, 10);
    expect(found.map(said)).toEqual(['too_many broken room']);
    expect(found[0]).toMatchObject({ trackId: 0, facts: { persons: 3, allowed: 2 } });
  });

  it('still count who is hidden for a moment', () => {
    const third: Path = (t) => (t > 4.4 && t < 5.4 ? undefined : stands(0.8, 10, 4)(t));
    expect(findingsOf([stands(0.2), stands(0.5), third], zone, 10).map(said)).toEqual(['too_many broken room']);
  });

  it('are none for a moment shorter than a second', () => {
    expect(findingsOf([stands(0.2), stands(0.5), stands(0.8, 5, 4.4)], zone, 5.4).map(said)).toEqual([]);
  });
});

describe('hands over the basin', () => {
  const sink = [strip('sink', 'wash', 0.2, 0.4)];
  const washing =
    (score: number): Path =>
    (t) =>
      person(0.15, 0.6, t > 1 ? { hands: [{ at: [0.3, 0.4], score }] } : { hands: [] });

  it('happen after three looks in a row', () => {
    const [found, ...more] = findingsOf([washing(0.6)], sink, 6);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ rule: 'hands', outcome: 'held', facts: { hand_in_sink: true } });
  });

  it('are not said of hidden hands', () => expect(findingsOf([washing(0.1)], sink, 6)).toEqual([]));
});

describe('labels of a model of one’s own', () => {
  const zone = [strip('sink', 'wash', 0.2, 0.6, { labels: ['hairnet'] })];
  const wearing =
    (labels: (look: number) => Record<string, boolean> | undefined): Path =>
    (t) => {
      const found = labels(Math.round(t * 3));
      return person(0.4, 0.6, found ? { labels: found } : {});
    };

  it('are broken by the majority of at least three looks', () => {
    const [found] = findingsOf([wearing((look) => ({ hairnet: look % 4 === 0 }))], zone, 6);
    expect(found).toMatchObject({ rule: 'labels', outcome: 'broken', facts: { has_hairnet: false } });
  });

  it('say nothing without a model, which is not the same as none', () => {
    expect(findingsOf([wearing(() => undefined)], zone, 6)).toEqual([]);
    expect(findingsOf([wearing(() => ({}))], zone, 6)).toEqual([]);
  });

  it('are kept by who mostly wears it', () => {
    expect(findingsOf([wearing((look) => ({ hairnet: look % 4 !== 0 }))], zone, 6)).toEqual([]);
  });
});
