import { siteCounters } from '../../../src/application/monitoring/metric-families';
import { MinuteMetrics } from '../../../src/application/monitoring/minute-metrics';
import { LastConsistency } from '../../../src/application/monitoring/probes';
import { RequestMeter } from '../../../src/application/monitoring/request-meter';
import { SiteMetrics } from '../../../src/application/monitoring/site-metrics';
import { callsOf } from '../../../src/domain/shared/latency-histogram';
import { InMemoryMinutes, type MinuteRow } from '../../support/in-memory-minutes';
import { Outage } from '../../support/outage';
import { rememberingLog } from '../../support/quiet-log';

const MINUTE = 60_000;
const time = { now: new Date('2030-01-01T00:00:00Z') };
const clock = () => time.now;
const pass = (ms: number) => void (time.now = new Date(time.now.getTime() + ms));
beforeEach(() => {
  time.now = new Date('2030-01-01T00:00:00Z');
});

describe('the meter of requests', () => {
  it('counts each operation on each path by status and time', () => {
    const meter = new RequestMeter(clock);
    meter.count('cameras.list', 'domain', 200, 5);
    meter.count('cameras.list', 'domain', 200, 15);
    meter.count('cameras.list', 'legacy', 404, 1);
    const rows = meter.rows();
    expect(rows).toMatchObject([
      { source: 'http', operation: 'cameras.list', path: 'domain', counts: { 200: 2 }, sumMs: 20, maxMs: 15 },
      { path: 'legacy', counts: { 404: 1 }, sumMs: 1, maxMs: 1 },
    ]);
    expect(rows.map(({ histogram }) => callsOf(histogram))).toEqual([2, 1]);
    meter.forgetMaxima();
    expect(meter.rows().map(({ maxMs, sumMs }) => [maxMs, sumMs])).toEqual([
      [0, 20],
      [0, 1],
    ]);
  });

  it('keeps the last ten requests that failed, oldest first', () => {
    const meter = new RequestMeter(clock);
    for (let status = 399; status <= 411; status++) meter.count('cameras.get', 'domain', status, 1);
    const errors = meter.recentErrors();
    expect(errors.map(({ status_code }) => status_code)).toEqual([402, 403, 404, 405, 406, 407, 408, 409, 410, 411]);
    expect(errors[0]).toEqual({ timestamp: '2030-01-01T00:00:00.000Z', status_code: 402, operation: 'cameras.get' });
  });
});

/** A service of a site, whose minutes the others can read. */
function service(rows: Map<string, MinuteRow>, name: string) {
  const meter = new RequestMeter(clock);
  const counters = siteCounters(meter, () => []);
  const [book, outage, log] = [new MinuteMetrics(counters, clock), new Outage(), rememberingLog()];
  const store = outage.over(new InMemoryMinutes(rows, name));
  const consistency = new LastConsistency(
    async () => ({ inTable: 2, inFile: 2, quarantined: 0, issues: [] }),
    clock,
    log,
  );
  return { meter, book, store, outage, metrics: new SiteMetrics(book, store, consistency, clock, log) };
}

describe('the book of minutes', () => {
  it('cuts what only grows into minutes, and keeps those of the window', () => {
    const { meter, book } = service(new Map(), 'one');
    const calls = () => book.minutes().map(({ minute, rows }) => [minute % 100, rows[0]?.counts[200] ?? 0]);
    const first = book.thisMinute() % 100;
    meter.count('cameras.list', 'domain', 200, 1);
    expect(calls()).toEqual([[first, 1]]);
    pass(MINUTE);
    meter.count('cameras.list', 'domain', 200, 1);
    expect(calls()).toEqual([[first, 2]]);
    meter.count('cameras.list', 'domain', 200, 1);
    expect(calls()).toEqual([
      [first, 2],
      [first + 1, 1],
    ]);
    pass(14 * MINUTE);
    expect(calls()).toEqual([[first + 1, 1]]);
    expect(book.totals()).toMatchObject([{ counts: { 200: 3 } }]);
  });

  it('notes the longest duration of each minute by itself', () => {
    const { meter, book } = service(new Map(), 'one');
    const longest = () => book.minutes().map(({ rows }) => rows[0]?.maxMs);
    meter.count('cameras.list', 'domain', 200, 90);
    pass(MINUTE);
    expect(longest()).toEqual([90]);
    meter.count('cameras.list', 'domain', 200, 20);
    expect(longest()).toEqual([90, 20]);
  });

  it('saves each minute in its last form, and loses those that are too old', async () => {
    const rows = new Map<string, MinuteRow>();
    const { meter, book, store, outage } = service(rows, 'one');
    rows.set('old', { instance: 'other', minute: book.thisMinute() - 61, rows: [], errors: [] });
    meter.count('cameras.list', 'domain', 200, 1);
    await book.save(store);
    outage.away = true;
    meter.count('cameras.list', 'domain', 200, 1);
    await expect(book.save(store)).rejects.toMatchObject({ code: 'database.unavailable' });
    outage.away = false;
    pass(MINUTE);
    await book.save(store);
    expect([...rows.values()].map((row) => [row.instance, row.rows[0]?.counts[200]])).toEqual([['one', 2]]);
  });
});

describe('the metrics of the site', () => {
  it('are of all its services, over the last minutes', async () => {
    const rows = new Map<string, MinuteRow>();
    const [one, other] = [service(rows, 'one'), service(rows, 'other')];
    for (const status of [200, 200, 404]) other.meter.count('cameras.get', 'legacy', status, 10);
    await other.book.save(other.store);
    pass(MINUTE);
    one.book.minutes();
    one.meter.count('cameras.get', 'domain', 500, 30);
    expect(await one.metrics.read()).toMatchObject({
      timestamp: clock().toISOString(),
      instances: 2,
      complete: true,
      window_seconds: 900,
      requests: { total: 4, success: 2, error: 2, success_rate: 50, by_status: { 200: 2, 404: 1, 500: 1 } },
      domain_service: { usage_count: 1, old_count: 3, usage_rate: 25 },
      errors: { total: 2, recent: [{ status_code: 404 }, { status_code: 500 }] },
      data_consistency: { consistent: true, db_count: 2 },
    });
    pass(15 * MINUTE);
    expect(await one.metrics.read()).toMatchObject({ instances: 1, requests: { total: 0, success_rate: 100 } });
  });

  it('are those of this service alone, and say so, while the others cannot be read', async () => {
    const { meter, metrics, outage } = service(new Map(), 'one');
    meter.count('cameras.get', 'domain', 200, 1);
    outage.away = true;
    expect(await metrics.read()).toMatchObject({ instances: 1, complete: false, requests: { total: 1 } });
  });
});

describe('the consistency of the cameras as it was measured last', () => {
  it('is measured again only when it is not fresh any more', async () => {
    let issues: string[] = [];
    let measured = 0;
    const last = new LastConsistency(
      async () => {
        measured += 1;
        return { inTable: 2, inFile: 2 - issues.length, quarantined: 0, issues };
      },
      clock,
      rememberingLog(),
    );
    expect(await last.get()).toEqual({
      consistent: true,
      issues_count: 0,
      db_count: 2,
      yaml_count: 2,
      last_check: '2030-01-01T00:00:00.000Z',
    });
    issues = ['a is in the table only.'];
    pass(4_999);
    expect([(await last.get()).consistent, measured]).toEqual([true, 1]);
    pass(1);
    expect(await last.get()).toMatchObject({ consistent: false, issues_count: 1, yaml_count: 1 });
  });

  it('is unknown until it could be measured, and then what it was', async () => {
    let broken = true;
    const last = new LastConsistency(
      async () => {
        if (broken) throw new Error('the database is away');
        return { inTable: 1, inFile: 1, quarantined: 0, issues: [] };
      },
      clock,
      rememberingLog(),
    );
    expect(await last.get()).toMatchObject({ consistent: null, last_check: null });
    broken = false;
    const known = await last.get();
    broken = true;
    pass(60_000);
    expect(await last.get()).toEqual(known);
  });
});
