import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Lifecycle } from '../../src/composition/lifecycle';
import { startRollout } from '../../src/composition/rollout';
import { eventually } from '../support/eventually';
import { type HttpLoad, type LoadRequest, startLoad } from '../support/http-load';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

/** With it, the limits of the shipped plan, which take some minutes of calls to prove. */
const FULL = process.env.ROLLOUT_FULL === '1';
/** The plan of `config/rollout.yaml`, with seconds for hours and a load that fits a test. */
const PLAN = `defaults:
  stages: [{percent: 10, bake: 2s}, {percent: 25, bake: 2s}, {percent: 50, bake: 2s}, {percent: 100, bake: 3s}]
  min_comparisons: 20
  min_control: 200
  holdout_percent: 20
${FULL ? '' : '  min_calls: 100\n  error_rate: 0.2\n  attention_error_rate: 0.05\n'}groups: {camera-config: {}, system-read: {}}
`;
const CAMERAS = 60;
const GROUPS = ['camera-config', 'system-read'];
/** Where the story this test tells is kept for readers. */
const SHOWN = process.env.SHOW_REPORT;

describe('a whole plan under load', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let dir: string;
  let broken = false;
  let load: HttpLoad;
  let life: Lifecycle;

  beforeAll(async () => {
    database = await createTestDatabase();
    dir = mkdtempSync(join(tmpdir(), 'watchgate-plan-'));
    writeFileSync(join(dir, 'rollout.yaml'), PLAN);
    const cameras = Array.from({ length: CAMERAS }, (_, i) => `  - {id: cam${i}, name: camera ${i}, source: '${i}'}\n`);
    site = await testSite({
      databaseUrl: database.url,
      yaml: `cameras:\n${cameras.join('')}`,
      rollout: { useDomain: false, percent: 0 },
      confirmAfterMs: 300,
    });
    await site.modules.cameras.configuration.reconcile();
    const domain = site.modules.cameras.domain;
    const get = domain.get.bind(domain);
    jest
      .spyOn(domain, 'get')
      .mockImplementation((key) => (broken ? Promise.reject(new Error('the new query is wrong')) : get(key)));
    const seed = { instruction: { useDomain: false, percent: 0 } };
    life = new Lifecycle(site.log);
    await startRollout(
      site.modules.platform,
      site.modules.rollout,
      { rolloutFile: join(dir, 'rollout.yaml'), seed, pace: { uploadMs: 200, evaluateMs: 300 } },
      life,
    );
    server = httpOf(site).listen(0, '127.0.0.1');
    await once(server, 'listening');
    load = startLoad([`http://127.0.0.1:${(server.address() as AddressInfo).port}`], 7, request);
  });
  afterAll(async () => {
    await load.stop();
    server.close();
    await life.stop();
    await site.close();
    await database.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  const rollout = () => site.modules.rollout.service;
  const state = async (group: string) => rollout().group({ group });
  /** Says at a deadline what the group was still waiting for. */
  const becomes = (group: string, expected: object, within: number) =>
    eventually(
      async () => {
        const now = await state(group);
        expect({ ...now, waits: JSON.stringify(now.verdict) }).toMatchObject(expected);
      },
      { within, every: 100, what: `${group} to become ${JSON.stringify(expected)}` },
    ).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${JSON.stringify((await state(group)).verdict)}`);
    });

  it('goes 10, 25, 50, 100 %, is rolled back by itself when the domain path breaks, and completes once it is mended', async () => {
    for (const group of GROUPS) await rollout().start({ group });
    await becomes('camera-config', { percent: 25 }, 600_000);
    broken = true;
    await becomes('camera-config', { status: 'rolled_back', effective_percent: 0 }, 600_000);
    expect((await state('camera-config')).trip_reason).toMatch(/cameras\.get/);
    expect((await state('system-read')).status).not.toBe('rolled_back');
    broken = false;
    await rollout().resume({ group: 'camera-config' });
    for (const group of GROUPS) {
      await becomes(group, { status: 'complete' }, 600_000);
    }
    const statuses = await load.stop();
    expect([...statuses.keys()].filter((s) => s >= 500)).toEqual([]);
    await site.modules.cameras.configuration.reconcile();
    await site.agreement();
    await tellsTheStory();
  }, 1_800_000);

  async function tellsTheStory(): Promise<void> {
    const { report } = await rollout().report({ lang: 'en', format: 'md' });
    const text = String(report);
    const own = text.split('\n').filter((line) => line.includes('| camera-config |'));
    const kinds = own.map((line) => line.split('|')[3]?.trim());
    const story = [
      'stage_entered',
      'stage_entered',
      'rolled_back',
      'stage_entered',
      'stage_entered',
      'stage_entered',
      'completed',
    ];
    expect(kinds.filter((k) => k && story.includes(k))).toEqual(story);
    expect(text).toContain('The event chain is intact.');
    // Both groups of this plan are; camera-control has not begun, and the report may not pass over that.
    expect(text).toContain('The rollout is not complete.');
    expect(own.find((line) => line.includes('completed'))).toMatch(/after \d+ calls, 0 failures, \d+ comparisons/);
    if (!SHOWN) return;
    mkdirSync(dirname(SHOWN), { recursive: true });
    writeFileSync(SHOWN, text);
  }
});

function request(i: number): LoadRequest {
  const camera = `/cameras/cam${i % CAMERAS}`;
  if (i % 49 === 0) return { method: 'PUT', path: camera, body: { fps: 1 + (i % 30) } };
  if (i % 10 === 1) return { method: 'GET', path: '/cameras?active_only=true' };
  return { method: 'GET', path: i % 2 === 0 ? '/system/info' : camera };
}
