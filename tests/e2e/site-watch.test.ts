import { rmSync, writeFileSync } from 'node:fs';
import type { AlertView } from '../../src/application/alerts/alert-views';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { eventually } from '../support/eventually';
import { BareSite, type ServiceRun, call } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';
import { type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver';

const ROLLBACKS = 6;
/** Longer than three looks at the parts, which are five seconds apart. */
const OUTAGE_MS = 22_000;
const group = 'camera-config';

describe('the watch of a site by two running services', () => {
  const [dir, site] = [temporaryDirectory(), new BareSite()];
  let postgres: EmbeddedPostgres;
  let receiver: WebhookReceiver;
  let runs: ServiceRun[];
  let urls: string[];

  const start = () =>
    site.start({
      DATABASE_URL: postgres.url,
      USE_DOMAIN_SERVICE: 'true',
      ROLLOUT_PERCENT: '100',
      WEBHOOK_ALLOW: '127.0.0.1',
      ALERT_WEBHOOK_URL: receiver.url,
    });
  beforeAll(async () => {
    [postgres, receiver] = [await startEmbeddedPostgres({ dir }), await webhookReceiver()];
    writeFileSync(site.camerasFile, `cameras:\n  - {id: cam1, name: one, source: '0'}\n`);
    [runs, urls] = [[], []];
    for (let i = 0; i < 2; i++) {
      const run = start();
      runs.push(run);
      urls.push(await run.ready());
    }
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await receiver.close();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 180_000);

  const history = async (type: string, kind: string) => {
    const { body } = await call(urls.at(-1) ?? '', 'GET', `/alerts/history-db?limit=1000&alert_type=${type}`);
    return (body as { items: AlertView[] }).items.filter((a) => a.details.kind === kind);
  };
  const rollBack = async (nth: number) => {
    const url = urls.at(-1) ?? '';
    for (const [step, body] of [
      [nth === 0 ? 'set-percent' : 'resume', { percent: 50 }],
      ['rollback', { reason: `reason ${nth}` }],
    ] as const) {
      const { status } = await call(url, 'POST', `/rollout/${group}/${step}`, step === 'resume' ? {} : body);
      expect([step, status]).toEqual([step, 200]);
    }
  };

  it('is one row and one webhook for each rollback, with its reason, though one service is killed in the middle', async () => {
    for (let i = 0; i < ROLLBACKS; i++) {
      await rollBack(i);
      // The one that started first watches; the other takes over.
      if (i === ROLLBACKS / 2) await runs[0]?.end('SIGKILL');
    }
    const reasons = async () => (await history('rollout_rollback', 'alert')).map((a) => a.details.reason);
    const all = Array.from({ length: ROLLBACKS }, (_, i) => `reason ${i}`);
    await eventually(async () => expect((await reasons()).reverse()).toEqual(all), { within: 30_000 });
    const told = () =>
      receiver.received
        .map(({ body }) => (JSON.parse(body) as { data: AlertView }).data)
        .filter((a) => a.alert_type === 'rollout_rollback' && a.details.kind === 'alert');
    await eventually(() => expect(new Set(told().map((a) => a.details.reason))).toEqual(new Set(all)), {
      within: 70_000,
    });
    const [newest] = await history('rollout_rollback', 'alert');
    expect(newest).toMatchObject({
      camera_id: '*',
      details: { priority: 'high', group, reason: `reason ${ROLLBACKS - 1}` },
    });
    // It stays so: whoever watches now has told everything there is.
    runs[0] = start();
    urls.unshift(await runs[0].ready());
    expect((await reasons()).length).toBe(ROLLBACKS);
  }, 180_000);

  it('names the camera that does not run, once, though both services look, and says when it runs', async () => {
    const url = urls.at(-1) ?? '';
    const broken = { id: 'broken', name: 'b', source: '/nowhere/at/all.mp4', auto_start: true };
    expect((await call(url, 'POST', '/cameras', broken)).status).toBe(200);
    await eventually(async () => expect(await history('health_workers', 'alert')).toHaveLength(1), {
      within: 90_000,
      every: 500,
    });
    const [alert] = await history('health_workers', 'alert');
    expect(alert).toMatchObject({ camera_id: '*', details: { troubled: ['broken'], priority: 'high' } });
    expect(alert?.message).toContain('Cameras that should run do not: broken');
    expect((await call(url, 'DELETE', '/cameras/broken')).status).toBe(200);
    await eventually(async () => expect(await history('health_workers', 'recovery')).toHaveLength(1), {
      within: 60_000,
      every: 500,
    });
    expect(await history('health_workers', 'alert')).toHaveLength(1);
  }, 180_000);

  it('writes down an outage of the database, once, when it is over', async () => {
    await postgres.stop();
    const [gone, back] = [Date.now(), Date.now() + OUTAGE_MS];
    await eventually(() => Date.now() > back, { within: OUTAGE_MS + 5_000, every: 500 });
    postgres = await startEmbeddedPostgres({ dir });
    await eventually(async () => expect(await history('health_database', 'recovery')).toHaveLength(1), {
      within: 70_000,
      every: 500,
    });
    const alerts = await history('health_database', 'alert');
    expect(alerts).toHaveLength(1);
    const began = new Date(alerts[0]?.timestamp ?? 0).getTime();
    expect(began).toBeGreaterThan(gone - 5_000);
    expect(began).toBeLessThan(gone + 10_000);
    for (const part of ['camera_data_consistency', 'journal', 'disk'])
      expect(await history(`health_${part}`, 'alert')).toEqual([]);
  }, 180_000);
});
