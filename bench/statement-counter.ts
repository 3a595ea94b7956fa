import { Cable } from '../tests/support/cable';

const HEADER_BYTES = 5;
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
const EXECUTE = 'E'.charCodeAt(0);

/**
 * A way to the database that reads what passes: every statement that a client has executed on any connection, BEGIN and
 * COMMIT included, by its text. It counts messages of the protocol, so that nothing depends on what the server notes.
 */
export class StatementCounter {
  readonly texts = new Map<string, number>();
  private readonly cable: Cable;

  constructor(database: string) {
    this.cable = new Cable(database, () => {
      const messages = new ClientMessages((text) => this.texts.set(text, (this.texts.get(text) ?? 0) + 1));
      return (data) => messages.read(data);
    });
  }

  /** The address of the database by this way. */
  open(): Promise<string> {
    return this.cable.open();
  }

  close(): void {
    this.cable.close();
  }

  reset(): void {
    this.texts.clear();
  }

  get total(): number {
    return [...this.texts.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** The messages of one client (PostgreSQL manual, 54.7); the first one, of the start, has no type. */
class ClientMessages {
  private waiting = Buffer.alloc(0);
  private started = false;
  private bound = '';
  private readonly named = new Map<string, string>();

  constructor(private readonly executed: (text: string) => void) {}

  read(data: Buffer): void {
    this.waiting = Buffer.concat([this.waiting, data]);
    for (;;) {
      const type = this.started ? 1 : 0;
      if (this.waiting.length < HEADER_BYTES) return;
      const end = type + this.waiting.readInt32BE(type);
      if (this.waiting.length < end) return;
      if (this.started) this.message(this.waiting[0] ?? 0, this.waiting.subarray(HEADER_BYTES, end));
      this.started = true;
      this.waiting = this.waiting.subarray(end);
    }
  }

  private message(type: number, body: Buffer): void {
    const [first = '', second = ''] = body.toString().split('\0', 2);
    if (type === QUERY) for (const text of first.split(';')) if (text.trim() !== '') this.executed(text.trim());
    if (type === PARSE) this.named.set(first, second);
    if (type === BIND) this.bound = this.named.get(second) ?? second;
    if (type === EXECUTE) this.executed(this.bound.trim());
  }
}
