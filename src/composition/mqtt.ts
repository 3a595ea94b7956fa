import { MqttLink, type MqttSettings } from '../infrastructure/notify/mqtt-link';
import { MqttSite, type SiteIdentity } from '../infrastructure/notify/mqtt-site';
import { PgEventTail } from '../infrastructure/postgres/pg-events';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

const STATES_EVERY_MS = 1_000;
/** Woken by events; this is the safety net. */
const EVENTS_EVERY_MS = 5_000;
const APART_MS = 50;

/** What the site publishes at an MQTT broker. */
export interface Mqtt {
  readonly link: MqttLink;
  readonly site: MqttSite;
}

export function createMqtt(
  { database, log }: Platform,
  { controller, live }: Control,
  settings: MqttSettings,
  identity: SiteIdentity,
): Mqtt {
  const link = new MqttLink(settings, log);
  const tail = new PgEventTail(database);
  const sources = {
    // The service that controls the cameras publishes; it knows most of them.
    publishes: () => controller.controls,
    cameras: () => live.all(),
    newestEvent: () => tail.newest(),
    eventsAfter: (seq: number, limit: number) => tail.after(seq, limit),
  };
  return { link, site: new MqttSite(link, sources, identity, log) };
}

/** From now on publishes, where a broker is configured. */
export function startMqtt({ wakes }: Platform, { link, site }: Mqtt, life: Lifecycle): void {
  if (!link.isConfigured) return;
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
