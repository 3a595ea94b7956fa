import {
  type InstanceHealth,
  NO_PARTS,
  type PartStreak,
  type WatchedPart,
  lookAgain,
  stepParts,
} from '../../../src/domain/alerts/component-health';
import type { SiteNotice } from '../../../src/domain/shared/site-notice';

const START = Date.UTC(2026, 0, 5, 12);
const LOOK_S = 5;

/** One service per row: `.` well, `x` not, ` ` says nothing; a look every five seconds. */
function told(part: WatchedPart, ...rows: readonly string[]): string[] {
  let state = NO_PARTS;
  const streaks: (PartStreak | undefined)[] = [];
  const notices: SiteNotice[] = [];
  for (let i = 0; i < Math.max(...rows.map((row) => row.length)); i++) {
    const at = START + i * LOOK_S * 1_000;
    const sights = rows.flatMap((row, n): InstanceHealth[] => {
      const sign = row[i] ?? ' ';
      if (sign === ' ') return [];
      const streak = lookAgain(streaks[n], { status: sign === 'x' ? 'degraded' : 'ok' }, at);
      streaks[n] = streak;
      return [{ service: `s${n}`, parts: { [part]: streak }, away: null }];
    });
    const [next, more] = stepParts(JSON.parse(JSON.stringify(state)), sights, at);
    state = next;
    notices.push(...more);
  }
  return shown(notices);
}

const shown = (notices: readonly SiteNotice[]) =>
  notices.map(({ kind, at }) => `${kind}@${(at.getTime() - START) / 1_000}`);

describe('what people are told of the parts of a site', () => {
  it.each<[string, string[], string[]]>([
    ['all is well', ['..........'], []],
    ['two bad looks', ['..xx......', '..........'], []],
    ['bad looks that never are three in a row', ['xx.xx.xx.x.xx..........'], []],
    ['three bad looks in a row: since the first', ['..xxx'], ['alert@10']],
    ['a trouble and its end', ['..xxx.......'], ['alert@10', 'recovery@55']],
    ['a part that is well for a moment only', ['..xxx..x..xxx...xx.....'], ['alert@10']],
    [
      'a part that fails again after it was well',
      ['xxx.......xxx.......'],
      ['alert@0', 'recovery@45', 'alert@50', 'recovery@95'],
    ],
    ['two services that see the same', ['.xxxx.......', '..xxxx......'], ['alert@5']],
    ['two services, until both are well', ['.xxx........', '..xxxxx........'], ['alert@5', 'recovery@65']],
    [
      'a service that dies in trouble, and one that is well',
      ['.xxx          ', '..............'],
      ['alert@5', 'recovery@50'],
    ],
    ['nobody who says anything', ['.xxx                    '], ['alert@5']],
  ])('is right for %s', (_, rows, expected) => {
    expect(told('disk', ...rows)).toEqual(expected);
  });

  it('names the part, what was found, and what to do', () => {
    const since = START;
    const details = { troubled: ['line', 'gate'] };
    const workers = { status: 'degraded', details, looks: 3, since };
    const [, [notice]] = stepParts(NO_PARTS, [{ service: 'host/7', parts: { workers }, away: null }], START + 10_000);
    expect(notice).toMatchObject({
      type: 'health_workers',
      kind: 'alert',
      priority: 'high',
      details: { part: 'workers', service: 'host/7', troubled: ['line', 'gate'] },
    });
    expect(notice?.message).toMatch(
      /Cameras that should run do not: line; gate, since 2026-01-05T12:00:00.000Z\. Look at/,
    );
  });

  it('says so when a part cannot even be asked', () => {
    const disk = { status: 'error', error: 'timed out', looks: 3, since: START };
    const [, [notice]] = stepParts(NO_PARTS, [{ service: 's', parts: { disk }, away: null }], START);
    expect(notice?.message).toContain('The check of disk fails (timed out)');
  });
});

describe('a time without the database', () => {
  const away = (service: string, from: number, to: number): InstanceHealth => ({
    service,
    parts: { database: { status: 'ok', looks: 0, since: 0 } },
    away: { from: START + from * 1_000, to: START + to * 1_000 },
  });
  const steps = (...moments: readonly (readonly [number, ...InstanceHealth[]])[]) => {
    let state = NO_PARTS;
    return shown(
      moments.flatMap(([at, ...sights]) => {
        const [next, notices] = stepParts(JSON.parse(JSON.stringify(state)), sights, START + at * 1_000);
        state = next;
        return notices;
      }),
    );
  };

  it('is told when it is over, with when it was', () => {
    const [, [notice]] = stepParts(NO_PARTS, [away('host/7', 0, 60)], START + 61_000);
    expect(notice).toMatchObject({ type: 'health_database', kind: 'alert', priority: 'critical', at: new Date(START) });
    expect(notice?.message).toMatch(/did not answer, since 2026-01-05T12:00:00.000Z until 2026-01-05T12:01:00.000Z/);
  });

  it('is one for all services, though each of them saw it a little differently', () => {
    const [a, b] = [away('a', 0, 60), away('b', 2, 64)];
    expect(steps([61, a], [65, a, b], [70, a, b], [95, a, b], [200, a, b])).toEqual(['alert@0', 'recovery@94']);
  });

  it('is not told again by a service that comes back after its end was told', () => {
    const [a, late] = [away('a', 0, 60), away('b', 2, 100)];
    expect(steps([61, a], [91, a], [101, a, late], [200, a, late])).toEqual(['alert@0', 'recovery@90']);
  });

  it('is told again when it happens again', () => {
    expect(
      steps([61, away('a', 0, 60)], [91, away('a', 0, 60)], [400, away('a', 300, 399)], [430, away('a', 300, 399)]),
    ).toEqual(['alert@0', 'recovery@90', 'alert@300', 'recovery@429']);
  });
});
