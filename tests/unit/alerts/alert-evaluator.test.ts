import { ActiveRules } from '../../../src/application/alerts/alert-evaluator';
import { AlertRule } from '../../../src/domain/alerts/alert-rule';
import { alertSiteInMemory } from '../../support/alert-site-in-memory';

const NO_HAIRNET = 'NO_HAIRNET_AT_SINK';
const TWICE = {
  name: 'hairnets',
  rule_type: 'violation_threshold',
  conditions: { violation_type: 'no_hairnet', threshold: 2, duration_seconds: 60, cooldown_seconds: 0 },
  notification_channels: ['webhook', 'websocket'],
  recipients: ['https://hooks.example/x'],
};

describe('the evaluation of alert rules', () => {
  let site: ReturnType<typeof alertSiteInMemory>;
  beforeEach(() => {
    site = alertSiteInMemory();
  });
  const leading = async () => {
    const evaluator = site.evaluator();
    await evaluator.take();
    return evaluator;
  };

  it('tells what a rule decides over what happened, once, to everybody it names', async () => {
    await site.alerts.create(TWICE);
    const evaluator = await leading();
    site.see(NO_HAIRNET);
    await evaluator.run();
    expect(site.told()).toEqual([]);
    site.see(NO_HAIRNET);
    await evaluator.run();
    await evaluator.run();
    expect(site.told()).toEqual(['2 no_hairnet at cam1 within 1 min']);
    const { items } = await site.deliveries.page({ limit: 9, offset: 0 });
    expect(items.map(({ channel, target }) => [channel, target])).toEqual([
      ['webhook', 'https://hooks.example/***'],
      ['websocket', null],
    ]);
  });

  it('goes on where another service stopped, with what its rules had counted', async () => {
    await site.alerts.create(TWICE);
    const first = await leading();
    site.see(NO_HAIRNET);
    await first.run();
    await first.leave();
    site.see(NO_HAIRNET);
    await (await leading()).run();
    expect(site.told()).toHaveLength(1);
  });

  it('does nothing while another service evaluates', async () => {
    await site.alerts.create(TWICE);
    site.see(NO_HAIRNET);
    site.see(NO_HAIRNET);
    await site.evaluator().run();
    expect([site.told(), (await site.evaluation.load()).cursor.version]).toEqual([[], 0]);
  });

  it('tells nothing twice where two services evaluate at once', async () => {
    await site.alerts.create(TWICE);
    const [one, other] = [await leading(), await leading()];
    site.see(NO_HAIRNET);
    await Promise.all([one.run(), other.run()]);
    site.see(NO_HAIRNET);
    await Promise.all([one.run(), other.run()]);
    await one.run();
    expect(site.told()).toHaveLength(1);
    expect(site.log.lines).toContainEqual(expect.stringContaining('another service evaluates'));
  });

  it('asks a rule that was made between two runs about what happens after it', async () => {
    const evaluator = await leading();
    await evaluator.run();
    await site.alerts.create(TWICE);
    site.see(NO_HAIRNET);
    site.see(NO_HAIRNET);
    await evaluator.run();
    expect(site.told()).toHaveLength(1);
  });

  it('tells that a camera is silent once time says so, and not before its events could have arrived', async () => {
    const conditions = { duration_seconds: 60 };
    await site.alerts.create({ name: 'silence', rule_type: 'no_detection', camera_id: 'cam1', conditions });
    await site.refresh();
    const evaluator = await leading();
    await evaluator.run();
    site.pass(61_000);
    await evaluator.run();
    expect(site.told()).toEqual([]);
    site.pass(5_000);
    await evaluator.run();
    expect(site.told()).toEqual(['No events at cam1 for 1 min']);
  });

  it('tells that a camera does not run, as it was noted by whoever controls it', async () => {
    const conditions = { duration_seconds: 30 };
    await site.alerts.create({ name: 'down', rule_type: 'camera_down', conditions });
    const evaluator = await leading();
    const at = site.clock().getTime();
    await site.cameraChanges.note([{ cameraId: 'cam1', at, condition: 'down' }], at + 31_000);
    await site.refresh();
    await evaluator.run();
    expect(site.told()).toEqual(['Camera cam1 has not been running for 30 s']);
  });

  it('alerts about nothing that happened yesterday or lies in the future', async () => {
    await site.alerts.create({ ...TWICE, conditions: { ...TWICE.conditions, threshold: 1 } });
    const evaluator = await leading();
    const now = site.clock().getTime();
    site.see(NO_HAIRNET, 'cam1', new Date(now - 86_400_001));
    site.see(NO_HAIRNET, 'cam1', new Date(now + 300_001));
    await evaluator.run();
    expect(site.told()).toEqual([]);
    expect((await site.evaluation.load()).cursor.eventSeq).toBe(2);
  });

  it('begins to count anew when it finds that the clock was ahead', async () => {
    await site.alerts.create(TWICE);
    const evaluator = await leading();
    const now = site.clock();
    site.pass(86_400_000);
    site.see(NO_HAIRNET);
    await evaluator.run();
    site.setClock(now);
    site.see(NO_HAIRNET);
    await evaluator.run();
    expect(site.told()).toEqual([]);
    expect(site.log.lines).toContainEqual(expect.stringContaining('the clock was ahead'));
    site.see(NO_HAIRNET);
    await evaluator.run();
    expect(site.told()).toHaveLength(1);
  });

  it('loses nothing while the database is away', async () => {
    await site.alerts.create(TWICE);
    const evaluator = await leading();
    site.see(NO_HAIRNET);
    await evaluator.run();
    site.outage.away = true;
    site.see(NO_HAIRNET);
    await expect(evaluator.run()).rejects.toMatchObject({ code: 'database.unavailable' });
    site.outage.away = false;
    await evaluator.run();
    expect(site.told()).toHaveLength(1);
  });
});

describe('what the evaluation could not store', () => {
  it('is decided again from what is stored, and told once', async () => {
    const site = alertSiteInMemory();
    await site.alerts.create(TWICE);
    const evaluator = site.evaluator();
    await evaluator.take();
    site.see(NO_HAIRNET);
    await evaluator.run();
    site.see(NO_HAIRNET);
    Object.assign(site.storing, { away: true, effect: 'rolled-back' });
    await expect(evaluator.run()).rejects.toMatchObject({ effect: 'rolled-back' });
    await expect(evaluator.run()).rejects.toMatchObject({ effect: 'rolled-back' });
    expect(site.told()).toEqual([]);
    site.storing.away = false;
    await evaluator.run();
    expect(site.told()).toHaveLength(1);
  });
});

it('counts what could not be stored once, when it is read again', async () => {
  const site = alertSiteInMemory();
  await site.alerts.create(TWICE);
  const evaluator = site.evaluator();
  await evaluator.take();
  await evaluator.run();
  site.see(NO_HAIRNET);
  site.storing.away = true;
  await expect(evaluator.run()).rejects.toMatchObject({ kind: 'unavailable' });
  site.storing.away = false;
  await evaluator.run();
  expect(site.told()).toEqual([]);
});

describe('the rules in force', () => {
  it('are those that can be watched, under a new revision whenever they are others', () => {
    const book = new ActiveRules();
    const rule = (id: number, more: object = {}) =>
      AlertRule.restore(
        id,
        { name: 'r', rule_type: 'camera_down', conditions: {}, enabled: true, ...more },
        new Date(0),
        new Date(0),
      );
    const before = book.revision;
    book.install([rule(1), rule(2, { enabled: false }), rule(3, { rule_type: 'of the old backend' })]);
    expect(book.rules.map(({ id }) => id)).toEqual([1]);
    expect(book.revision).not.toBe(before);
  });
});
