import { type IClientOptions, type MqttClient, connect } from 'mqtt';
import { randomUUID } from 'node:crypto';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from '../../application/alerts/alert-channel';
import type { Log } from '../../application/shared/log';
import { isLoopback } from '../../domain/shared/loopback';
import { within } from '../../application/shared/within';

const RECONNECT_MS = 2_000;
const CONNECT_WITHIN_MS = 10_000;
/** How long a broker has to confirm a message. */
const CONFIRM_WITHIN_MS = 10_000;
/** Messages that wait for their confirmation; beyond that nothing more is sent. */
const MOST_UNCONFIRMED = 1_000;

export interface MqttSettings {
  /** `mqtt://` or `mqtts://`, with user and password where the broker wants them; empty: no MQTT. */
  readonly mqttUrl: string;
  /** First part of every topic, such as `watchgate/plant-2`. */
  readonly mqttTopic: string;
}

/**
 * The connection to a broker, which is made anew as long as it is needed. Nothing is kept for a broker that is away:
 * states are published anew when it is back, and alerts wait in their outbox.
 */
export class MqttLink {
  private client: MqttClient | undefined;
  private unconfirmed = 0;
  private wasLost = false;
  /** Called with every new connection: the broker may have forgotten what it held. */
  onConnect: () => void = () => undefined;

  constructor(
    private readonly settings: MqttSettings,
    private readonly log: Log,
  ) {}

  get isConfigured(): boolean {
    return this.settings.mqttUrl !== '';
  }

  get isConnected(): boolean {
    return this.client?.connected === true;
  }

  /** A topic of this site. */
  topic(...parts: readonly string[]): string {
    return [this.settings.mqttTopic, ...parts.map(topicPart)].join('/');
  }

  /** Begins to connect; returns at once. */
  start(): void {
    if (!this.isConfigured || this.client) return;
    const { hostname, password, protocol } = new URL(this.settings.mqttUrl);
    if (protocol === 'mqtt:' && password !== '' && !isLoopback(hostname))
      this.log.warn('MQTT_URL sends a password over the network in the clear: use mqtts://');
    const client = connect(this.settings.mqttUrl, this.options());
    this.client = client;
    client.on('connect', () => this.connected());
    client.on('close', () => this.lost('the connection was closed'));
    client.on('error', (error) => this.lost(error.message));
  }

  async stop(): Promise<void> {
    const { client } = this;
    if (!client) return;
    if (client.connected) await this.sayStatus('offline').catch(() => undefined);
    await client.endAsync(true);
  }

  /** `topic`: whole. Resolves when the broker has confirmed it; throws an error while there is no connection. */
  async publish(topic: string, payload: string, { retain = false } = {}): Promise<void> {
    const { client } = this;
    if (!client?.connected) throw new Error('the MQTT broker cannot be reached');
    if (this.unconfirmed >= MOST_UNCONFIRMED) throw new Error('the MQTT broker confirms too slowly');
    this.unconfirmed += 1;
    try {
      const sent = client.publishAsync(topic, payload, { qos: 1, retain });
      await within(CONFIRM_WITHIN_MS, sent, () => {
        throw new Error('the MQTT broker did not confirm in time');
      });
    } finally {
      this.unconfirmed -= 1;
    }
  }

  private options(): IClientOptions {
    return {
      clientId: `watchgate-${randomUUID()}`,
      clean: true,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_WITHIN_MS,
      // What could not be sent is not sent later, when it may be wrong.
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: this.topic('status'), payload: Buffer.from('offline'), qos: 1, retain: true },
    };
  }

  private sayStatus(status: 'online' | 'offline'): Promise<void> {
    return this.publish(this.topic('status'), status, { retain: true });
  }

  private connected(): void {
    this.log.info(this.wasLost ? 'the MQTT broker is back' : 'connected to the MQTT broker');
    this.wasLost = false;
    this.sayStatus('online').catch((error: unknown) => this.log.debug('mqtt', { error }));
    this.onConnect();
  }

  /** Said once, however often it is tried again. */
  private lost(why: string): void {
    if (this.wasLost) return;
    this.wasLost = true;
    this.log.warn('the MQTT broker cannot be reached; it is tried again every two seconds', { why });
  }
}

/** Wildcards and separators mean something in topics; an id may hold any character. */
const topicPart = (part: string): string => part.replaceAll(/[+#/\0]/g, encodeURIComponent);

/** Publishes alerts under `alerts/<camera>`, each with its key, and confirmed by the broker. */
export class MqttChannel implements AlertChannel {
  constructor(private readonly link: MqttLink) {}

  async send({ notice, idempotencyKey }: OutgoingNotice): Promise<string> {
    if (!this.link.isConfigured) throw new Undeliverable('MQTT_URL is not set');
    const payload = JSON.stringify({ ...notice, idempotency_key: idempotencyKey });
    await this.link.publish(this.link.topic('alerts', notice.camera_id), payload);
    return 'confirmed by the broker';
  }
}
