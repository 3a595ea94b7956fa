import request from 'supertest';
import { appendFileSync } from 'node:fs';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

interface Scraped {
  readonly types: ReadonlyMap<string, string>;
  readonly series: ReadonlyMap<string, number>;
  readonly helps: ReadonlyMap<string, string>;
}

const LABELS = String.raw`(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*`;
const LINE = new RegExp(String.raw`^([a-zA-Z_:][\w:]*)(\{${LABELS}\})? (-?\d[\d.e+-]*|[Nn]a[Nn]|[+-]Inf)$`);

/** Reads the whole text by the rules of the exposition format 0.0.4; throws at the first line that breaks them. */
function parse(text: string): Scraped {
  const [types, helps, series] = [new Map<string, string>(), new Map<string, string>(), new Map<string, number>()];
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP' && !helps.has(name)) helps.set(name, rest);
    else if (kind === 'TYPE' && !types.has(name) && helps.has(name)) types.set(name, rest);
    else readSample(line, types, series);
  }
  return { types, series, helps };
}

function readSample(line: string, types: ReadonlyMap<string, string>, series: Map<string, number>): void {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
  if (name === '') throw new Error(`no line of the format: ${line}`);
  const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
  if (!types.has(family)) throw new Error(`no TYPE before ${line}`);
  if (series.has(name + labels)) throw new Error(`twice: ${name}${labels}`);
  series.set(name + labels, Number(value));
}

const monotonic = ({ types }: Scraped, name: string) =>
  types.get(name) === 'counter' ||
  /_(bucket|count)(\{|$)/.test(name) ||
  types.get(name.split('{')[0] ?? '') === 'counter';

describe('what Prometheus scrapes', () => {
  let database: TestDatabase;
  let site: TestSite;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
    await site.modules.events.eventRetention.prepare();
  });
  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  const scrape = async () => {
    const { text, headers } = await request(httpOf(site)).get('/metrics').expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    return parse(text);
  };
  const happen = async (camera: string, type: string, times = 1) => {
    const event = () =>
      JSON.stringify({ ts: Date.now() / 1_000, type, camera_id: camera, track_id: (Math.random() * 1e9) | 0 });
    for (let i = 0; i < times; i++) appendFileSync(site.journal, `${event()}\n`);
    await site.modules.events.ingestor.pass();
  };

  it('counts events as the old backend named them, escaped, and all that ever were', async () => {
    expect((await scrape()).series.get('hbd_events_total')).toBe(0);
    await happen('cam1', 'no_hairnet', 2);
    await happen('cam2', 'no_hairnet');
    await happen('a"b\\c', 'x');
    const { types, series } = await scrape();
    expect(types.get('hbd_events_total')).toBe('counter');
    expect(series.get('hbd_events_total{camera="cam1",type="no_hairnet"}')).toBe(2);
    expect(series.get('hbd_events_total{type="no_hairnet"}')).toBe(3);
    expect(series.get(String.raw`hbd_events_total{camera="a\"b\\c",type="x"}`)).toBe(1);
    expect(series.get('hbd_events_total')).toBe(4);
    expect(series.get('watchgate_events_stored_total')).toBe(4);
  });

  it('names its metrics as Prometheus wants them, each with its help and its type', async () => {
    const { types, helps, series } = await scrape();
    const counters = [...types].filter(([, type]) => type === 'counter').map(([name]) => name);
    const others = [...types].filter(([, type]) => type !== 'counter').map(([name]) => name);
    expect(counters.filter((name) => !name.endsWith('_total'))).toEqual([]);
    expect(others.filter((name) => name.endsWith('_total'))).toEqual([]);
    const reserved = others.filter((name) => /_(count|sum|bucket)$/.test(name));
    expect(reserved).toEqual([]);
    expect([...types.keys()].filter((name) => !helps.get(name) || !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
    expect([...types.keys()].filter((name) => /_(milliseconds|ms|kilobytes|minutes|hours)(_|$)/.test(name))).toEqual(
      [],
    );
    expect([...series.keys()].filter((name) => name.startsWith('nodejs_active_resources{')).length).toBeGreaterThan(0);
  });

  it('counts requests by operation, path and class of status', async () => {
    await request(httpOf(site)).get('/api/v1/cameras?force_domain=true').expect(200);
    await request(httpOf(site)).get('/api/v1/cameras/nobody?force_domain=false').expect(404);
    const { series } = await scrape();
    expect(series.get('watchgate_http_requests_total{operation="cameras.list",path="domain",status="2xx"}')).toBe(1);
    expect(series.get('watchgate_http_requests_total{operation="cameras.get",path="legacy",status="4xx"}')).toBe(1);
    expect(series.get('watchgate_path_calls_total{operation="cameras.get",path="legacy",outcome="reject"}')).toBe(1);
    const duration = 'watchgate_http_request_duration_seconds';
    expect(series.get(`${duration}_count{operation="cameras.list",path="domain"}`)).toBe(1);
    expect(series.get(`${duration}_bucket{operation="cameras.list",path="domain",le="+Inf"}`)).toBe(1);
    expect(series.has('nodejs_eventloop_lag_seconds')).toBe(true);
    expect(series.has('process_resident_memory_bytes')).toBe(true);
  });

  it('never lets a counter fall, under load and with more kinds of events than it has series for', async () => {
    let before = await scrape();
    for (let round = 0; round < 6; round++) {
      for (let kind = 0; kind < 50; kind++)
        appendFileSync(
          site.journal,
          `${JSON.stringify({ ts: Date.now() / 1_000 - round * 86_400, type: `kind${round}-${kind}`, camera_id: 'cam1' })}\n`,
        );
      await Promise.all([
        site.modules.events.ingestor.pass(),
        ...Array.from({ length: 5 }, () => request(httpOf(site)).get('/api/v1/cameras').expect(200)),
      ]);
      const now = await scrape();
      for (const [name, value] of before.series)
        if (monotonic(before, name)) expect([name, (now.series.get(name) ?? -1) >= value]).toEqual([name, true]);
      before = now;
    }
    const named = [...before.series.keys()].filter((name) => name.startsWith('hbd_events_total{camera='));
    expect(named.length).toBeLessThanOrEqual(201);
    expect(before.series.get('hbd_events_total{camera="other",type="other"}')).toBeGreaterThan(50);
    expect(before.series.get('hbd_events_total')).toBe(304);
  });
});
