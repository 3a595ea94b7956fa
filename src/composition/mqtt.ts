import { MqttLink, type MqttSettings } from '../infrastructure/notify/mqtt-link';
import { MqttSite, type SiteIdentity } from '../infrastructure/notify/mqtt-site';
import { PgEventTail } from '../infrastructure/postgres/pg-events';
import type { PgMembership } from '../infrastructure/postgres/pg-membership';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** Published twice does no harm: whoever finds the other one silent goes on. */
const LEASE = { silentMs: 8_000, nearMs: 8_000 };
const STATES_EVERY_MS = 1_000;
/** Woken by events; this is the safety net. */
const EVENTS_EVERY_MS = 5_000;
const APART_MS = 50;

/** What the site publishes at an MQTT broker. */
export interface Mqtt {
  readonly link: MqttLink;
  readonly site: MqttSite;
  /** Whether this service is the one of the site that publishes. */
  readonly election: { isPublisher: boolean };
}

export function createMqtt(
  { database, log }: Platform,
  { live }: Control,
  settings: MqttSettings,
  identity: SiteIdentity,
): Mqtt {
  const link = new MqttLink(settings, log);
  const tail = new PgEventTail(database);
  const election = { isPublisher: false };
  const sources = {
    publishes: () => election.isPublisher,
    cameras: () => live.all(),
    newestEvent: () => tail.newest(),
    eventsAfter: (seq: number, limit: number) => tail.after(seq, limit),
  };
  return { link, site: new MqttSite(link, sources, identity, log), election };
}

/** From now on publishes, where a broker is configured. */
export async function startMqtt(
  { wakes }: Platform,
  { link, site, election }: Mqtt,
  membership: PgMembership,
  life: Lifecycle,
): Promise<void> {
  if (!link.isConfigured) return;
  const leader = {
    take: async () => void (election.isPublisher = true),
    leave: async () => void (election.isPublisher = false),
  };
  const leadership = await membership.lead('mqtt', leader, LEASE);
  life.onStop(() => leadership.stop());
  const states = life.every(STATES_EVERY_MS, 'publishing states by MQTT', () => site.look());
  link.onConnect = () => {
    site.forget();
    states.wake();
  };
  wakes.on(
    'events',
    life.every(EVENTS_EVERY_MS, 'publishing events by MQTT', () => site.events(), { apartMs: APART_MS }).wake,
  );
  life.onStop(() => link.stop());
  link.start();
}
