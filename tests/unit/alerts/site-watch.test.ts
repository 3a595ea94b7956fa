import { siteDeliveryTargets } from '../../../src/application/alerts/alert-channel';
import { CameraWatch, type ProcessCondition } from '../../../src/application/alerts/camera-watch';
import { HealthReporter, SiteWatch } from '../../../src/application/alerts/site-watch';
import { type ReadRollout, rolloutNews } from '../../../src/application/rollout/rollout-news';
import type { PartLook } from '../../../src/domain/alerts/component-health';
import { readPlans } from '../../../src/domain/rollout/rollout-plan';
import { alertSiteInMemory } from '../../support/alert-site-in-memory';
import { InMemorySiteWatch, SiteWatchRow } from '../../support/in-memory-alerts';
import { InMemoryRolloutStore } from '../../support/in-memory-rollout';

const FULL = { status: 'degraded', details: {} };
const WELL = { status: 'ok' };

describe('the watch of the site', () => {
  let site: ReturnType<typeof alertSiteInMemory>;
  let shared: SiteWatchRow<ReadRollout>;
  let rollout: InMemoryRolloutStore;
  beforeEach(() => {
    site = alertSiteInMemory();
    shared = new SiteWatchRow({ seq: 0, told: {} });
    rollout = new InMemoryRolloutStore(site.clock);
  });

  const service = async (name: string, leads = true) => {
    const store = site.outage.over(new InMemorySiteWatch(site.rows, shared, name));
    const looks: { now: Record<string, PartLook> } = { now: { database: WELL } };
    const looker = new HealthReporter(
      name,
      async () => new Map(Object.entries(looks.now)),
      store,
      site.clock,
      site.log,
    );
    const watch = new SiteWatch(store, rolloutNews(rollout), siteDeliveryTargets(false), site.clock, site.log);
    if (leads) await watch.take();
    return {
      watch,
      /** Looks at its parts, as they are then. */
      look: async (parts: Record<string, PartLook>, times = 1) => {
        looks.now = { database: WELL, ...parts };
        for (let i = 0; i < times; i++) {
          site.pass(1_000);
          await looker.look().catch((error: unknown) => {
            if (!site.outage.away) throw error;
          });
        }
      },
    };
  };

  it('tells that a part is not well after three bad looks, once for all services, and when it is well again', async () => {
    const [one, other] = [await service('one'), await service('other', false)];
    await one.look({ disk: FULL }, 2);
    await one.watch.run();
    expect(site.told()).toEqual([]);
    await one.look({ disk: FULL });
    await other.look({ disk: FULL }, 3);
    await one.watch.run();
    await one.watch.run();
    expect(site.told()).toEqual([expect.stringContaining('The disk is nearly full')]);
    expect(site.log.lines.filter((line) => line.includes('disk is not well'))).toHaveLength(2);
    await one.look({ disk: WELL });
    await other.look({ disk: WELL });
    await one.watch.run();
    site.pass(29_000);
    await one.look({ disk: WELL });
    await one.watch.run();
    await one.look({ disk: WELL }, 2);
    await one.watch.run();
    expect(site.told().slice(1)).toEqual([expect.stringContaining('The disk has room again')]);
  });

  it('tells afterwards how long a service was without its database', async () => {
    const one = await service('one');
    site.outage.away = true;
    await one.look({ database: { status: 'error' }, disk: FULL }, 3);
    site.outage.away = false;
    await one.look({});
    await one.watch.run();
    expect(site.told()).toEqual([expect.stringContaining('The database did not answer')]);
    site.pass(30_000);
    await one.look({});
    await one.watch.run();
    expect(site.told().slice(1)).toEqual([expect.stringContaining('The database answers again')]);
    expect(site.rows.alerts[0]).toMatchObject({ camera_id: '*', details: { service: 'one', priority: 'critical' } });
  });

  it('tells what the rollout did, each transition once, on every dashboard and in the log', async () => {
    const { plans } = readPlans(null, ['record-read']);
    await rollout.change(null, () => ({ transitions: [], plans: { all: plans, sha256: '' } }));
    await rollout.change('li', () => ({
      transitions: [
        { group: 'record-read', event: { kind: 'rolled_back', reason: 'too slow' } },
        { group: 'record-read', event: { kind: 'killed' } },
      ],
    }));
    const { watch } = await service('one');
    await watch.run();
    await watch.run();
    expect(site.told()).toHaveLength(2);
    expect(site.told()[0]).toContain('too slow');
    const { items } = await site.deliveries.page({ limit: 9, offset: 0 });
    expect([...new Set(items.map(({ channel }) => channel))].sort()).toEqual(['log', 'websocket']);
  });

  it('is left to the service that leads, and is told by one where two believe they do', async () => {
    const [idle, one, two] = [await service('idle', false), await service('one'), await service('two')];
    await one.look({ disk: FULL }, 3);
    await idle.watch.run();
    expect(site.told()).toEqual([]);
    await Promise.all([one.watch.run(), two.watch.run()]);
    expect(site.told()).toHaveLength(1);
    expect(site.log.lines.at(-1)).toContain('another service watches the site');
    await one.watch.leave();
    await one.look({ disk: WELL });
    site.pass(31_000);
    await one.look({ disk: WELL });
    await one.watch.run();
    expect(site.told()).toHaveLength(1);
  });
});

describe('the watch of the cameras', () => {
  let site: ReturnType<typeof alertSiteInMemory>;
  let states: Map<string, ProcessCondition> | undefined;
  let watch: CameraWatch;
  beforeEach(() => {
    site = alertSiteInMemory();
    states = new Map();
    watch = new CameraWatch({ current: async () => states }, site.cameraChanges, site.clock);
  });
  const at = () => site.clock().getTime();
  const see = async (seen: Record<string, ProcessCondition['is']> | undefined, since = site.clock()) => {
    states = seen && new Map(Object.entries(seen).map(([id, is]) => [id, { is, since }]));
    await watch.look();
  };
  const noted = () => site.rows.cameraChanges.map((change) => `${change.cameraId} ${change.condition}`);

  it('notes when a camera fails, runs again, and is not wanted any more, each once', async () => {
    await see({ a: 'up', b: 'up' });
    site.pass(1_000);
    await see({ a: 'down', b: 'up' });
    await see({ a: 'down', b: 'up' });
    await see({ a: 'up', b: 'up' });
    await see({ b: 'up' });
    expect(noted()).toEqual(['a up', 'b up', 'a down', 'a up', 'a unwanted']);
    expect(site.rows.watchedUntil).toBe(at());
  });

  it('waits after a start for processes that are being taken over, but not for ever', async () => {
    await see({ a: 'starting' });
    expect([noted(), site.rows.watchedUntil]).toEqual([[], 0]);
    site.pass(15_000);
    await see({ a: 'starting' });
    expect(noted()).toEqual(['a up']);
  });

  it('dates a failure by its process, within the time since the last look', async () => {
    await see({ a: 'up' });
    const last = at();
    site.pass(5_000);
    await see({ a: 'down' }, new Date(last + 2_000));
    site.pass(5_000);
    await see({ a: 'up' }, new Date(0));
    expect(site.rows.cameraChanges.map((change) => change.at - last)).toEqual([0, 2_000, 5_000]);
  });

  it('goes on with what was noted when the control comes to this service', async () => {
    await see({ a: 'up' });
    site.pass(1_000);
    await see({ a: 'down' });
    await see(undefined);
    const until = site.rows.watchedUntil;
    site.pass(60_000);
    await see({ a: 'up' });
    expect(noted()).toEqual(['a up', 'a down', 'a up']);
    // Nobody watched in between: it is taken to have come back soon.
    expect(site.rows.cameraChanges.at(-1)?.at).toBe(until);
  });
});
