import type { LiveCamera } from '../../application/camera-control/live-cameras';
import type { Log } from '../../application/shared/log';
import type { JsonObject } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import type { MqttLink } from './mqtt-link';

const MOST_EVENTS = 500;
const DISCOVERY = 'homeassistant';

/** What the site publishes is read from here. */
export interface MqttSources {
  /** Whether this service publishes, and not another one of the site. */
  readonly publishes: () => boolean;
  readonly cameras: () => Promise<ReadonlyMap<string, LiveCamera>>;
  readonly newestEvent: () => Promise<number>;
  readonly eventsAfter: (
    seq: number,
    limit: number,
  ) => Promise<readonly { readonly seq: number; readonly line: JsonObject }[]>;
}

export interface SiteIdentity {
  readonly name: string;
  readonly version: string;
}

/**
 * The states of the cameras as retained messages, events as they come, and what Home Assistant needs to show them
 * (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery). Exactly one service of a site publishes.
 */
export class MqttSite {
  /** What the broker holds, as far as this connection told it. */
  private readonly held = new Map<string, string>();
  private seq: number | undefined;

  constructor(
    private readonly link: MqttLink,
    private readonly from: MqttSources,
    private readonly site: SiteIdentity,
    private readonly log: Log,
  ) {}

  /** After a new connection everything is published anew. */
  forget(): void {
    this.held.clear();
  }

  /** Publishes the states that changed. */
  async look(): Promise<void> {
    if (!this.link.isConnected) return;
    if (!this.from.publishes()) return this.forget();
    const cameras = await this.from.cameras();
    const wanted = new Map<string, string>();
    for (const camera of cameras.values()) for (const [topic, text] of this.messagesOf(camera)) wanted.set(topic, text);
    for (const [topic, text] of wanted) if (this.held.get(topic) !== text) await this.retain(topic, text);
    // An empty retained message removes what a broker holds of a camera that is no more.
    for (const topic of this.held.keys()) if (!wanted.has(topic)) await this.retain(topic, '');
  }

  /** Publishes the events since the last call; none from before the first. */
  async events(): Promise<void> {
    if (!this.link.isConnected || !this.from.publishes()) return;
    this.seq ??= await this.from.newestEvent();
    for (let more = true; more; ) {
      const fresh = await this.from.eventsAfter(this.seq ?? 0, MOST_EVENTS);
      for (const { seq, line } of fresh) {
        await this.link.publish(this.link.topic('event', String(line.camera_id)), JSON.stringify(line));
        this.seq = seq;
      }
      more = fresh.length === MOST_EVENTS;
    }
  }

  private async retain(topic: string, text: string): Promise<void> {
    await this.link.publish(topic, text, { retain: true });
    if (text === '') this.held.delete(topic);
    else this.held.set(topic, text);
    this.log.debug('published', { topic });
  }

  private messagesOf(camera: LiveCamera): (readonly [string, string])[] {
    const state = this.link.topic('camera', camera.id, 'state');
    const { last_frame_at: _, ...shown } = camera;
    const entities = [
      this.entity(camera, state, 'binary_sensor', 'running', {
        name: 'Running',
        device_class: 'running',
        value_template: "{{ 'ON' if value_json.state in ['running', 'degraded'] else 'OFF' }}",
      }),
      this.entity(camera, state, 'binary_sensor', 'motion', {
        name: 'Motion',
        device_class: 'motion',
        value_template: "{{ 'ON' if value_json.motion else 'OFF' }}",
      }),
      this.entity(camera, state, 'sensor', 'fps', {
        name: 'Frames per second',
        state_class: 'measurement',
        unit_of_measurement: 'fps',
        value_template: '{{ value_json.fps }}',
      }),
      this.entity(camera, state, 'sensor', 'state', {
        name: 'State',
        value_template: '{{ value_json.state }}',
        json_attributes_topic: state,
      }),
    ];
    return [[state, JSON.stringify(shown)], ...entities];
  }

  /** Ids of Home Assistant are of few letters: the camera's own is hashed into one. */
  private entity(
    camera: LiveCamera,
    state: string,
    component: string,
    what: string,
    more: JsonObject,
  ): readonly [string, string] {
    const node = `watchgate_${sha256(`${this.link.topic()} ${camera.id}`).slice(0, 16)}`;
    const config = {
      ...more,
      unique_id: `${node}_${what}`,
      state_topic: state,
      availability_topic: this.link.topic('status'),
      payload_available: 'online',
      payload_not_available: 'offline',
      device: {
        identifiers: [node],
        name: camera.name,
        manufacturer: 'Watchgate',
        model: 'Camera',
        suggested_area: this.site.name,
      },
      origin: { name: 'Watchgate', sw_version: this.site.version },
    };
    return [`${DISCOVERY}/${component}/${node}/${what}/config`, JSON.stringify(config)];
  }
}
