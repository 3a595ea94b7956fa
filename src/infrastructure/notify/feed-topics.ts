import type { JsonObject } from '../../domain/shared/json';

/** What clients of one topic have not seen yet. Texts are made once and sent to all who need them. */
export interface FeedTopic {
  /** Rises with every change; 0 while nothing is known. */
  readonly seq: number;
  /** The messages for a client that has seen all up to `seen`; undefined: one that has seen nothing. */
  since(seen: number | undefined): readonly Buffer[];
}

const message = (type: 'snapshot' | 'delta', topic: string, seq: number, data: string): Buffer =>
  Buffer.from(`{"type":"${type}","topic":${JSON.stringify(topic)},"seq":${seq},"data":${data}}`);

const resync = (topic: string): Buffer => Buffer.from(JSON.stringify({ type: 'resync', topic }));

/** Makes each message once for all clients that have seen the same. */
abstract class CountedTopic implements FeedTopic {
  seq = 0;
  private made = new Map<number | undefined, readonly Buffer[]>();

  since(seen: number | undefined): readonly Buffer[] {
    if (this.seq === 0 || seen === this.seq) return [];
    const made = this.made.get(seen) ?? this.messages(seen);
    this.made.set(seen, made);
    return made;
  }

  protected count(): void {
    this.seq += 1;
    this.made = new Map();
  }

  /** For a client that has not seen the newest. */
  protected abstract messages(seen: number | undefined): readonly Buffer[];
}

/** A state that is sent as a whole. */
export class StateTopic extends CountedTopic {
  private text = '';

  constructor(private readonly name: string) {
    super();
  }

  set(data: object): void {
    const text = JSON.stringify(data);
    if (text === this.text) return;
    this.text = text;
    this.count();
  }

  protected messages(seen: number | undefined): readonly Buffer[] {
    return [message(seen === undefined ? 'snapshot' : 'delta', this.name, this.seq, this.text)];
  }
}

/** Names that were removed are remembered as long as this many of them; then a client that is behind gets all anew. */
const MOST_REMOVED = 1_000;

interface Part {
  /** As it was given: the same object again needs not be looked at. */
  readonly part: JsonObject;
  readonly text: string;
  readonly seq: number;
}

/** A state of many named parts, of which the changed ones are sent. */
export class KeyedTopic extends CountedTopic {
  private readonly parts = new Map<string, Part>();
  private readonly removed = new Map<string, number>();
  /** Up to this change every removal is known. */
  private complete = 0;

  /** `member`: the name of the member that holds the parts. */
  constructor(
    private readonly name: string,
    private readonly member: string,
  ) {
    super();
  }

  /** All parts as they are now. */
  set(all: ReadonlyMap<string, JsonObject>): void {
    const seq = this.seq + 1;
    let changed = this.seq === 0;
    for (const [key, part] of all) {
      const known = this.parts.get(key);
      if (known?.part === part) continue;
      const text = JSON.stringify(part);
      const isNew = known?.text !== text;
      this.parts.set(key, { part, text, seq: isNew ? seq : known.seq });
      if (!isNew) continue;
      this.removed.delete(key);
      changed = true;
    }
    for (const key of this.parts.keys()) {
      if (all.has(key)) continue;
      this.parts.delete(key);
      this.removed.set(key, seq);
      changed = true;
    }
    for (const [key, at] of this.removed) {
      if (this.removed.size <= MOST_REMOVED) break;
      this.removed.delete(key);
      this.complete = at;
    }
    if (changed) this.count();
  }

  protected messages(seen: number | undefined): readonly Buffer[] {
    if (seen !== undefined && seen < this.complete) return [resync(this.name), ...this.messages(undefined)];
    const from = seen ?? 0;
    const parts = [...this.parts].flatMap(([key, { text, seq }]) =>
      seq > from ? [`${JSON.stringify(key)}:${text}`] : [],
    );
    const data = `{"${this.member}":{${parts.join(',')}}`;
    if (seen === undefined) return [message('snapshot', this.name, this.seq, `${data}}`)];
    const removed = [...this.removed].flatMap(([key, seq]) => (seq > from ? [key] : []));
    return [message('delta', this.name, this.seq, `${data},"removed":${JSON.stringify(removed)}}`)];
  }
}

/** So many happenings are kept for clients that are behind. */
const MOST_KEPT = 500;

/** Happenings, of which each client gets every one that it has not missed by far. */
export class RecentTopic extends CountedTopic {
  private kept: { readonly seq: number; readonly text: string }[] = [];
  private more = '';
  /** Up to this change not everything is kept. */
  private forgotten = 0;

  /** `member`: the name of the list; `first`: how many of the newest a new client gets. */
  constructor(
    private readonly name: string,
    private readonly member: string,
    private readonly first: number,
  ) {
    super();
  }

  /** `more`: further members that say how things are now. */
  add(items: readonly unknown[], more: JsonObject = {}): void {
    const text = Object.entries(more)
      .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join('');
    if (items.length === 0 && text === this.more && this.seq > 0) return;
    this.more = text;
    this.count();
    const added = items.map((item) => ({ seq: this.seq, text: JSON.stringify(item) }));
    this.kept = [...this.kept, ...added].slice(-MOST_KEPT);
    if (this.kept.length === MOST_KEPT) this.forgotten = Math.max(this.forgotten, (this.kept[0]?.seq ?? 1) - 1);
  }

  protected messages(seen: number | undefined): readonly Buffer[] {
    if (seen === undefined) return [this.message('snapshot', this.newest())];
    if (seen < this.forgotten) return [resync(this.name), this.message('snapshot', this.newest())];
    return [
      this.message(
        'delta',
        this.kept.filter(({ seq }) => seq > seen),
      ),
    ];
  }

  private newest() {
    return this.kept.slice(Math.max(0, this.kept.length - this.first));
  }

  private message(type: 'snapshot' | 'delta', items: readonly { readonly text: string }[]): Buffer {
    const list = items.map(({ text }) => text).join(',');
    return message(type, this.name, this.seq, `{"${this.member}":[${list}]${this.more}}`);
  }
}
