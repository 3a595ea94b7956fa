/** A message of RTSP (RFC 2326): its first line, its headers as received, and its body. */
export interface RtspMessage {
  readonly first: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** The next item of a connection's data: a message, or a packet of media in its `$` frame. */
export type RtspPart = { readonly packet: Buffer } | { readonly message: RtspMessage };

const MOST_HEAD_BYTES = 64 << 10;
const MOST_BODY_BYTES = 1 << 20;
const DOLLAR = 0x24;

class NoRtsp extends Error {}

export const headerOf = ({ headers }: RtspMessage, name: string): string | undefined =>
  headers.find(([known]) => known.toLowerCase() === name)?.[1];

/** Splits a connection's data into messages and packets. Throws `NoRtsp` for anything else. */
export class RtspSplitter {
  private rest: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<RtspPart> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let part = this.next(); part; part = this.next()) yield part;
  }

  private next(): RtspPart | undefined {
    // Some cameras send empty lines between messages.
    let start = 0;
    while (this.rest[start] === 0x0d || this.rest[start] === 0x0a) start += 1;
    if (start > 0) this.rest = this.rest.subarray(start);
    if (this.rest.length < 4) return undefined;
    return this.rest[0] === DOLLAR ? this.packet() : this.message();
  }

  private packet(): RtspPart | undefined {
    const end = 4 + this.rest.readUInt16BE(2);
    if (this.rest.length < end) return undefined;
    const packet = this.rest.subarray(0, end);
    this.rest = this.rest.subarray(end);
    return { packet };
  }

  private message(): RtspPart | undefined {
    const head = endOfHead(this.rest);
    if (head === undefined) {
      if (this.rest.length > MOST_HEAD_BYTES) throw new NoRtsp('a message without end');
      return undefined;
    }
    const [first = '', ...lines] = this.rest
      .toString('latin1', 0, head)
      .split('\n')
      .map((line) => line.replaceAll('\r', ''));
    if (!/^[A-Z_]+[ /]/.test(first)) throw new NoRtsp('no message of RTSP');
    const headers = lines.flatMap((line): [string, string][] => {
      const [, name, value] = /^([\w-]+)\s*:\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trimEnd()]];
    });
    const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    if (!Number.isInteger(length) || length < 0 || length > MOST_BODY_BYTES) throw new NoRtsp('a body without measure');
    if (this.rest.length < head + length) return undefined;
    const body = this.rest.subarray(head, head + length);
    this.rest = this.rest.subarray(head + length);
    return { message: { first, headers, body } };
  }
}

/** Position after the empty line that ends a head, with either kind of line end. */
function endOfHead(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf('\n'); at >= 0 && at < MOST_HEAD_BYTES; at = bytes.indexOf('\n', at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return undefined;
}

/** A message as it is sent: no header can contain a line end. */
export function written({ first, headers, body }: RtspMessage): Buffer {
  const line = (text: string) => text.replaceAll(/[^\x20-\x7e\x80-\xff\t]/g, '');
  const lines = headers
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => `${line(name)}: ${line(value)}\r\n`);
  const length = body.length > 0 ? `Content-Length: ${body.length}\r\n` : '';
  return Buffer.concat([Buffer.from(`${line(first)}\r\n${lines.join('')}${length}\r\n`, 'latin1'), body]);
}
