/** Cuts a stream of raw frames, all of one size, into frames. */
export class FrameSplitter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly size: number,
    private readonly pass: (frame: Buffer) => void,
  ) {}

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= this.size) {
      this.pass(this.rest.subarray(0, this.size));
      this.rest = this.rest.subarray(this.size);
    }
  }
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const START_OF_IMAGE = Buffer.from([0xff, 0xd8]);
const FIRST_BYTES = 64 << 10;
/** No picture of the requested width is that large: the input is no stream of pictures. */
const MAX_BYTES = 4 << 20;

/**
 * Splits a stream of JPEG pictures: each is passed on as soon as its last byte is there. No byte is examined or copied
 * more than a few times, however the input is cut into chunks.
 */
export class JpegSplitter {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private used = 0;
  /** Position up to which it was examined: between two headers, or behind them in the scan. */
  private at = 0;
  private stage: 'start' | 'headers' | 'scan' = 'start';

  constructor(private readonly pass: (picture: Buffer) => void) {}

  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; from += MAX_BYTES) {
      this.append(chunk.subarray(from, from + MAX_BYTES));
      for (let end = this.end(); end > 0; end = this.end()) {
        this.pass(Buffer.from(this.bytes.subarray(0, end)));
        this.forget(end);
      }
      if (this.used > MAX_BYTES) this.forget(this.used);
    }
  }

  private append(chunk: Buffer): void {
    const needed = this.used + chunk.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    chunk.copy(this.bytes, this.used);
    this.used = needed;
  }

  private forget(count: number): void {
    this.bytes.copy(this.bytes, 0, count, this.used);
    this.used -= count;
    this.at = 0;
    this.stage = 'start';
  }

  /** Where the first picture ends; 0 while it is not complete. */
  private end(): number {
    if (this.stage === 'start' && !this.findStart()) return 0;
    if (this.stage === 'headers' && !this.passHeaders()) return 0;
    const end = this.taken().indexOf(END_OF_IMAGE, this.at);
    if (end >= 0) return end + END_OF_IMAGE.length;
    this.at = Math.max(this.at, this.used - 1);
    return 0;
  }

  private taken(): Buffer {
    return this.bytes.subarray(0, this.used);
  }

  private findStart(): boolean {
    const start = this.taken().indexOf(START_OF_IMAGE);
    if (start < 0) {
      // The last byte may be the first one of the two-byte start of a picture.
      if (this.used > 1) this.forget(this.used - 1);
      return false;
    }
    if (start > 0) this.forget(start);
    this.stage = 'headers';
    this.at = START_OF_IMAGE.length;
    return true;
  }

  /** Tables in the headers may contain any bytes. */
  private passHeaders(): boolean {
    const bytes = this.taken();
    while (this.at + 4 <= bytes.length) {
      const isScan = bytes[this.at + 1] === START_OF_SCAN;
      this.at += 2 + bytes.readUInt16BE(this.at + 2);
      if (!isScan) continue;
      this.stage = 'scan';
      return true;
    }
    return false;
  }
}

const MOST_BOX_BYTES = 16 << 20;
const BOX_HEADER = 8;

/** Cuts fragmented MP4 (ISO/IEC 14496-12) into its beginning and parts that can be played one after the other. */
export class Mp4Splitter {
  private bytes: Buffer = Buffer.alloc(0);
  private head: Buffer[] = [];
  private moof: Buffer | undefined;

  constructor(private readonly on: { init(bytes: Buffer): void; part(bytes: Buffer, isKey: boolean): void }) {}

  /** Answers whether it goes on: what is no MP4 ends it. */
  push(chunk: Buffer): boolean {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    while (this.bytes.length >= BOX_HEADER) {
      const size = this.bytes.readUInt32BE(0);
      if (size < BOX_HEADER || size > MOST_BOX_BYTES) return false;
      if (this.bytes.length < size) return true;
      this.box(this.bytes.toString('latin1', 4, BOX_HEADER), this.bytes.subarray(0, size));
      this.bytes = this.bytes.subarray(size);
    }
    return true;
  }

  private box(type: string, box: Buffer): void {
    if (type === 'ftyp') this.head = [box];
    if (type === 'moov') this.on.init(Buffer.concat([...this.head, box]));
    if (type === 'moof') this.moof = box;
    if (type !== 'mdat' || !this.moof) return;
    this.on.part(Buffer.concat([this.moof, box]), beginsWithKey(this.moof));
    this.moof = undefined;
  }
}

const FIRST_SAMPLE_FLAGS = 0x4;
const DATA_OFFSET = 0x1;
const NOT_A_KEY = 0x10000;

/** Whether the first picture of a fragment needs none before it: said by the flags of its `trun` (8.8.8). */
function beginsWithKey(moof: Buffer): boolean {
  const at = moof.indexOf('trun', 0, 'latin1');
  if (at < 0 || at + 20 > moof.length) return false;
  const flags = moof.readUInt32BE(at + 4) & 0xffffff;
  if ((flags & FIRST_SAMPLE_FLAGS) === 0) return false;
  const place = at + 12 + (flags & DATA_OFFSET ? 4 : 0);
  return place + 4 <= moof.length && (moof.readUInt32BE(place) & NOT_A_KEY) === 0;
}
