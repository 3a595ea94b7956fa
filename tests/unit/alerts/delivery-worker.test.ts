import { setImmediate as turn } from 'node:timers/promises';
import {
  type AlertChannel,
  LogChannel,
  type DeliveryTarget,
  type OutgoingNotice,
  Undeliverable,
} from '../../../src/application/alerts/alert-channel';
import { DeliveryWorker } from '../../../src/application/alerts/delivery-worker';
import type { Channel } from '../../../src/domain/alerts/alert-recipients';
import { MOST_ATTEMPTS } from '../../../src/domain/alerts/delivery';
import { alertSiteInMemory } from '../../support/alert-site-in-memory';
import { rememberingLog } from '../../support/quiet-log';

/** A way to people that can be held back and made to fail. */
class FakeChannel implements AlertChannel {
  readonly sent: OutgoingNotice[] = [];
  failure: Error | undefined;
  held: Promise<void> | undefined;

  async send(notice: OutgoingNotice): Promise<string> {
    this.sent.push(notice);
    await this.held;
    if (this.failure) throw this.failure;
    return 'taken';
  }
}

const hook = (path: string, host = 'hooks.example'): DeliveryTarget => ({
  channel: 'webhook',
  target: `https://${host}/${path}`,
});

describe('the delivery of alerts', () => {
  let site: ReturnType<typeof alertSiteInMemory>;
  let webhook: FakeChannel;
  let worker: DeliveryWorker;
  beforeEach(() => {
    site = alertSiteInMemory();
    webhook = new FakeChannel();
    const others = new FakeChannel();
    const channels: Record<Channel, AlertChannel> = {
      webhook,
      email: others,
      websocket: others,
      mqtt: others,
      log: others,
    };
    worker = new DeliveryWorker(site.deliveries, channels, site.clock, site.log, () => 0.5);
  });

  const tell = (rule: number, notices: readonly DeliveryTarget[], key = String(rule)) => {
    const about = { cameraId: 'cam1', type: 'no_detection', at: site.clock(), message: 'm', details: {} };
    site.rows.record([{ key, ruleId: rule, ...about, notices }]);
    site.pass(1);
  };
  /** Lets everything happen that can happen now. */
  const settle = async () => {
    for (let i = 0; i < 200; i++) await turn();
  };
  const work = async () => {
    worker.wake();
    await settle();
  };
  const states = async () => {
    const { items } = await site.deliveries.page({ limit: 99, offset: 0 });
    return items
      .map(({ status, attempts }) => `${status} ${attempts.map(({ detail }) => detail).join(', ')}`)
      .reverse();
  };

  it('sends everything that waits, each notice once', async () => {
    tell(1, [hook('a'), hook('b'), { channel: 'log', target: '' }]);
    await work();
    await work();
    expect(webhook.sent.map(({ target }) => target)).toEqual([hook('a').target, hook('b').target]);
    expect(await states()).toEqual(['delivered taken', 'delivered taken', 'delivered taken']);
  });

  it('waits longer and longer after failures, under the same key, and then gives up', async () => {
    webhook.failure = new Error('503');
    tell(1, [hook('a')]);
    await work();
    await work();
    expect(webhook.sent).toHaveLength(1);
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
      site.pass(86_400_000);
      await work();
    }
    expect(webhook.sent).toHaveLength(MOST_ATTEMPTS);
    expect(new Set(webhook.sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await states()).toEqual([expect.stringMatching(/^dead 503, 503/)]);
    expect(site.log.lines).toEqual([expect.stringContaining('an alert could not be delivered')]);
  });

  it('gives up at once what can never arrive', async () => {
    webhook.failure = new Undeliverable('there is no such address');
    expect(webhook.failure.name).toBe('Undeliverable');
    tell(1, [hook('a')]);
    await work();
    expect(await states()).toEqual(['dead there is no such address']);
  });

  it('lets a slow receiver hold up no other one', async () => {
    let letGo: () => void = () => undefined;
    webhook.held = new Promise((resolve) => (letGo = resolve));
    for (let rule = 1; rule <= 6; rule++) tell(rule, [hook(`${rule}`, 'slow.example')]);
    tell(7, [{ channel: 'log', target: '' }]);
    await work();
    expect(webhook.sent).toHaveLength(4);
    expect((await states()).at(-1)).toBe('delivered taken');
    letGo();
    await settle();
    await work();
    expect(webhook.sent).toHaveLength(6);
  });

  it('gives one rule only so many lanes at once', async () => {
    webhook.held = new Promise(() => undefined);
    tell(
      1,
      Array.from({ length: 6 }, (_, i) => hook('x', `host${i}.example`)),
    );
    tell(2, [hook('y')]);
    await work();
    expect(webhook.sent.filter(({ notice }) => notice.rule_id === 1)).toHaveLength(4);
    expect(webhook.sent.filter(({ notice }) => notice.rule_id === 2)).toHaveLength(1);
  });

  it('finishes what is being sent when it is stopped, and begins nothing more', async () => {
    let letGo: () => void = () => undefined;
    webhook.held = new Promise((resolve) => (letGo = resolve));
    tell(1, [hook('a')]);
    await work();
    const stopped = worker.stop();
    tell(2, [hook('b')]);
    worker.wake();
    letGo();
    await stopped;
    expect(await states()).toEqual(['delivered taken', 'queued ']);
  });

  it('goes on after the database was away', async () => {
    tell(1, [hook('a')]);
    site.outage.away = true;
    await work();
    expect(site.log.lines).toEqual([expect.stringContaining('deliveries cannot be sent now')]);
    site.outage.away = false;
    await work();
    expect(await states()).toEqual(['delivered taken']);
  });
});

describe('the channel to the log', () => {
  it('writes what the alert says, and of which camera it is', async () => {
    const log = rememberingLog();
    const notice = { id: 4, message: 'five at the sink', camera_id: 'cam1', alert_type: 'violation', timestamp: 'now' };
    expect(await new LogChannel(log).send({ notice } as OutgoingNotice)).toBe('written');
    expect(log.lines).toEqual([expect.stringMatching(/^warn alert: five at the sink .*alert: 4, camera: 'cam1'/)]);
  });
});
