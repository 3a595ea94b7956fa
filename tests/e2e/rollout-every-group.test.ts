import { parse, stringify } from 'yaml';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allOperations, rolloutGroups } from '../../src/api/catalogue';
import type { GroupOverview } from '../../src/application/rollout/group-overview';
import { catalogueTraffic } from '../support/catalogue-traffic';
import { eventually } from '../support/eventually';
import { type HttpLoad, startLoad } from '../support/http-load';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CONFIG = path.resolve(__dirname, '../../config');
/** With it, the figures of the shipped plan but for its times: an hour of traffic. */
const FULL = process.env.ROLLOUT_FULL === '1';
const SHORT = [20, 50, 100];
const WITHIN_MS = FULL ? 3_600_000 : 1_800_000;

/** The shipped plan with every group and its kind as it is; seconds for hours, and as many calls as come in that time. */
function shippedPlan(): string {
  const plan = parse(readFileSync(path.join(CONFIG, 'rollout.yaml'), 'utf8')) as {
    defaults: Record<string, unknown> & { stages: { percent: number; bake: string }[] };
    groups: Record<string, object>;
  };
  const bake = '2s';
  const stages = FULL
    ? plan.defaults.stages.map(({ percent }) => ({ percent, bake }))
    : SHORT.map((percent) => ({ percent, bake }));
  const scaled = FULL
    ? {}
    : {
        min_calls: 60,
        min_comparisons: 10,
        min_control: 200,
        error_rate: 0.2,
        attention_error_rate: 0.05,
        holdout_percent: 50,
      };
  return stringify({ ...plan, defaults: { ...plan.defaults, stages, ...scaled } });
}

describe('the shipped configuration under traffic of every operation', () => {
  let database: TestDatabase;
  let site: BareSite;
  let url: string;
  let load: HttpLoad | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = new BareSite();
    copyFileSync(path.join(CONFIG, 'cameras.yaml'), site.camerasFile);
    writeFileSync(path.join(site.dir, 'config/rollout.yaml'), shippedPlan());
    const { FFMPEG_PATH } = process.env;
    url = await site
      .start({ DATABASE_URL: database.url, USE_DOMAIN_SERVICE: 'false', ...(FFMPEG_PATH ? { FFMPEG_PATH } : {}) })
      .ready();
    load = startLoad([url], 6, catalogueTraffic(await prepared()));
  });
  afterAll(async () => {
    await load?.stop();
    await site.remove();
    await database.drop();
  });

  const get = async <T>(where: string) => (await call(url, 'GET', where)).body as T;
  const post = (where: string, body?: object) => call(url, 'POST', where, body);

  /** What exists before the traffic begins. */
  async function prepared() {
    const source = 'testsrc:size=320x180,rate=5';
    for (const id of ['yard', 'hall', 'roof'])
      await post('/cameras', { id, name: id, source, fps: 5, active: id === 'yard' });
    const ts = Date.now() / 1000;
    const type = 'NO_HAIRNET_AT_SINK';
    const evidence = { confidence: 0.9, bbox: [1, 2, 3, 4] };
    const events = [1, 2, 3, 4].map((n) => ({ ts: ts - n, type, camera_id: 'demo', track_id: n, evidence }));
    const detection = { ts: ts - 9, type: 'detection', camera_id: 'demo', evidence: { frames: 9, person_count: 1 } };
    await post('/events', { events: [...events, detection] });
    type Listed = { readonly id: number }[];
    const violations = await eventually(async () => {
      const page = await get<{ violations: Listed }>('/records/violations');
      expect(page.violations).toHaveLength(events.length);
      return page.violations;
    });
    const rules = (await get<{ items: Listed }>('/alerts/rules')).items;
    const ids = (of: Listed) => of.map(({ id }) => id);
    await eventually(async () => expect(await get('/cameras/demo/status')).toMatchObject({ state: 'running' }));
    return {
      cameras: ['demo', 'entrance', 'yard', 'hall', 'roof'],
      ownCamera: 'yard',
      rules: ids(rules),
      violations: ids(violations),
    };
  }

  it(
    'completes the plan of every group, and takes none back',
    async () => {
      for (const group of rolloutGroups) expect(await post(`/rollout/${group}/start`)).toMatchObject({ status: 200 });
      const approved = new Map<string, number>();
      // The traffic reaches every operation on the domain path while the groups move.
      const onDomain = new Set<string>();
      const states = () => Promise.all(rolloutGroups.map((group) => get<GroupOverview>(`/rollout/${group}`)));
      const last = await eventually(
        async () => {
          const groups = await states();
          for (const id of groups.flatMap(callsOnDomain)) onDomain.add(id);
          if (groups.some(isTakenBack)) return groups;
          for (const { group, status, stage } of groups) {
            // A quiet group waits for a person at each stage.
            if (status !== 'running' || approved.get(group) === stage || !isQuiet(group)) continue;
            await post(`/rollout/${group}/approve`, { reason: `stage ${stage} was looked at` });
            approved.set(group, stage);
          }
          const open = groups.filter(({ status }) => status !== 'complete');
          expect(open.map(stillWaiting)).toEqual([]);
          return groups;
        },
        { within: WITHIN_MS, every: 500, what: 'every group to complete' },
      );
      const takenBack = last.filter(isTakenBack);
      const mismatches = await Promise.all(takenBack.map(({ group }) => get(`/rollout/${group}/mismatches`)));
      expect({ takenBack: takenBack.map(reasonOf), mismatches }).toEqual({ takenBack: [], mismatches: [] });
      await load?.stop();
      // A camera that cannot be reached has no picture.
      expect(load?.failed.filter((call) => !/\/preview: 50[24] /.test(call))).toEqual([]);
      expect(allOperations.filter((o) => o.switched && !onDomain.has(o.id)).map((o) => o.id)).toEqual([]);
    },
    WITHIN_MS + 60_000,
  );
});

const quiet = (
  parse(readFileSync(path.join(CONFIG, 'rollout.yaml'), 'utf8')) as { groups: Record<string, { kind?: string }> }
).groups;
const isQuiet = (group: string): boolean => quiet[group]?.kind === 'quiet';

const isTakenBack = ({ trip_reason }: GroupOverview): boolean => trip_reason !== null;
const reasonOf = ({ group, trip_reason }: GroupOverview): string => `${group}: ${trip_reason}`;

function stillWaiting({ group, stage, verdict }: GroupOverview): string {
  const { missing = [] } = (verdict ?? {}) as {
    missing?: { what: string; operation?: string; have: number; need: number }[];
  };
  return `${group} ${stage}: ${missing.map((m) => `${m.what} ${m.operation ?? ''} ${m.have}/${m.need}`).join(', ')}`;
}

function callsOnDomain({ evidence }: GroupOverview): string[] {
  const { operations } = evidence as unknown as { operations: { operation: string; domain: { n: number } }[] };
  return operations.filter(({ domain }) => domain.n > 0).map(({ operation }) => operation);
}
