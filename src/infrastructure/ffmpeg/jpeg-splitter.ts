const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const START_OF_IMAGE = Buffer.from([0xff, 0xd8]);
/** No picture is that large: what comes is no stream of pictures. */
const MAX_BYTES = 32 << 20;

/** Position after the headers, whose tables may contain any bytes; -1 when they are not complete yet. */
function scanOf(bytes: Buffer): number {
  let at = START_OF_IMAGE.length;
  while (at + 4 <= bytes.length) {
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at + 1] === START_OF_SCAN) return next;
    at = next;
  }
  return -1;
}

/** Cuts a stream of JPEG pictures into pictures: each is passed on as soon as its last byte is there. */
export class JpegSplitter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly pass: (picture: Buffer) => void) {}

  push(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (let end = this.end(); end > 0; end = this.end()) {
      this.pass(this.rest.subarray(0, end));
      this.rest = this.rest.subarray(end);
    }
    if (this.rest.length > MAX_BYTES) this.rest = Buffer.alloc(0);
  }

  private end(): number {
    const start = this.rest.indexOf(START_OF_IMAGE);
    if (start < 0) return 0;
    this.rest = this.rest.subarray(start);
    const scan = scanOf(this.rest);
    const end = scan < 0 ? -1 : this.rest.indexOf(END_OF_IMAGE, scan);
    return end < 0 ? 0 : end + END_OF_IMAGE.length;
  }
}
