import type { JsonObject } from '../../domain/shared/json';
import type { LiveClient, LiveSockets, LiveTopic } from './live-sockets';

export const STATUS_PATH = '/ws/status';

/** What each camera's worker says of itself. */
export type StatusSource = () => Promise<ReadonlyMap<string, JsonObject>>;

interface Told {
  readonly at: number;
  readonly text: string;
  readonly data: JsonObject;
}

/** Tells the state of every camera to whoever comes to `/ws/status`, and from then on what changes. */
export class LiveStatus implements LiveTopic {
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly source: StatusSource,
    private readonly sockets: () => LiveSockets,
  ) {}

  join(client: LiveClient): void {
    void this.refresh().then(() => client.send(update({ data: this.all() })));
  }

  /** Asks the workers only while somebody listens. */
  async look(): Promise<void> {
    const clients = this.sockets().at(STATUS_PATH);
    if (clients.length === 0) return;
    for (const [camera_id, { at, data }] of await this.refresh()) {
      const message = update({ camera_id, data: { type: 'stats', camera_id, timestamp: at, data } });
      for (const client of clients) client.send(message);
    }
  }

  /** Those that changed; where the workers cannot be asked, what they said last stands. */
  private async refresh(): Promise<[string, Told][]> {
    const at = Date.now() / 1_000;
    const status = await this.source().catch(() => undefined);
    if (!status) return [];
    for (const id of this.told.keys()) if (!status.has(id)) this.told.delete(id);
    const changed = [...status].flatMap(([id, data]): [string, Told][] => {
      const text = JSON.stringify(data);
      return this.told.get(id)?.text === text ? [] : [[id, { at, text, data }]];
    });
    for (const [id, told] of changed) this.told.set(id, told);
    return changed;
  }

  private all(): JsonObject {
    return Object.fromEntries([...this.told].map(([id, { at, data }]) => [id, { camera_id: id, timestamp: at, data }]));
  }
}

/** The old backend's clock here was one that never jumps. */
const update = (what: object): object => ({ type: 'status_update', ...what, timestamp: performance.now() / 1_000 });
