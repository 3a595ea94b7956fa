import type { Look, LookRequest } from '../../application/detection/person-finder';
import type { Box } from '../../domain/detection/box';
import { type Json, type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';

/**
 * What the process that looks and those that have pictures say to each other over a socket of this machine. A message
 * is the length of all that follows, the length of a JSON text (both 32 bits, little-endian), the text, and bytes.
 *
 * A camera says `ready` when it has a picture, with its weight. When it is its `turn` it sends its newest `picture`, and gets a
 * `look`, or `failed`. `alive` comes several times a second, so that silence means that nobody looks.
 */
export type FromCamera =
  | { readonly type: 'ready'; readonly weight: number }
  | { readonly type: 'picture'; readonly request: LookRequest };

export type FromDetector =
  | { readonly type: 'alive' }
  | { readonly type: 'turn' }
  | ({ readonly type: 'look' } & Look)
  | { readonly type: 'failed'; readonly why: string };

/** Sent to every camera this often. */
export const ALIVE_EVERY_MS = 200;

const LENGTHS = 8;
const MOST_SIDE = 2_560;
const MOST_TEXT = 256 << 10;
const MOST_BYTES = MOST_SIDE * MOST_SIDE * 3 + MOST_TEXT;
const MOST_BOXES = 100;
const MOST_WEIGHT = 8;

/** A message that no program of this version sends. */
export class BadMessage extends Error {}

/** As parts, so that a picture is not copied. */
export function wireMessage(message: FromCamera | FromDetector): Uint8Array[] {
  if (message.type !== 'picture') return framed(message, new Uint8Array());
  const { picture, known, hands, labels, weight } = message.request;
  const { width, height, rgb } = picture;
  return framed({ type: 'picture', width, height, known, hands, labels, weight }, rgb);
}

function framed(header: object, bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32LE(4 + text.length + bytes.length, 0);
  lengths.writeUInt32LE(text.length, 4);
  return bytes.length === 0 ? [Buffer.concat([lengths, text])] : [Buffer.concat([lengths, text]), bytes];
}

interface Message {
  readonly header: JsonObject;
  readonly bytes: Uint8Array;
}

/** Cuts what comes in into messages. Throws `BadMessage` for what is none; then the connection is to be closed. */
export class MessageReader {
  private readonly length = Buffer.alloc(4);
  /** Of the message that is coming, once its length is known. */
  private content: Buffer | undefined;
  private filled = 0;

  /** `allocate`: where the content of a message goes, at least that long. */
  constructor(private readonly allocate: (length: number) => Buffer = (length) => Buffer.allocUnsafeSlow(length)) {}

  push(chunk: Buffer): Message[] {
    const messages: Message[] = [];
    for (let at = 0; at < chunk.length; ) {
      const target: Buffer = this.content ?? this.length;
      const taken = chunk.copy(target, this.filled, at);
      [at, this.filled] = [at + taken, this.filled + taken];
      if (this.filled < target.length) continue;
      this.filled = 0;
      if (this.content) messages.push(messageIn(this.content));
      this.content = this.content ? undefined : this.begun();
    }
    return messages;
  }

  private begun(): Buffer {
    const length = this.length.readUInt32LE(0);
    if (length < 4 || length > MOST_BYTES) throw new BadMessage('the message has an impossible length');
    return this.allocate(length).subarray(0, length);
  }
}

function messageIn(content: Buffer): Message {
  const length = content.readUInt32LE(0);
  if (length > Math.min(MOST_TEXT, content.length - 4)) throw new BadMessage('the message has no text');
  const header = parsedJson(content.toString('utf8', 4, 4 + length));
  if (!isJsonObject(header)) throw new BadMessage('the text of the message is not JSON');
  return { header, bytes: content.subarray(4 + length) };
}

/** @throws BadMessage */
export function cameraMessage({ header, bytes }: Message): FromCamera {
  const weight = Math.min(MOST_WEIGHT, Math.max(1, numberIn(header.weight)));
  if (header.type === 'ready') return { type: 'ready', weight };
  if (header.type !== 'picture') throw new BadMessage('the kind of the message is not known');
  const [width, height] = [numberIn(header.width), numberIn(header.height)];
  const fits = [width, height].every((side) => side >= 64 && side <= MOST_SIDE && side % 64 === 0);
  if (!fits || bytes.length !== width * height * 3) throw new BadMessage('the picture has not the size that it says');
  const [known, hands, labels] = [header.known, header.hands, header.labels].map(boxesIn);
  const picture = { width, height, rgb: bytes };
  return {
    type: 'picture',
    request: { picture, known: known ?? [], hands: hands ?? [], labels: labels ?? [], weight },
  };
}

/** From the detector of this very version: it is trusted. */
export const detectorMessage = ({ header }: Message): FromDetector => header as unknown as FromDetector;

function numberIn(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new BadMessage('a number is missing');
}

function boxesIn(value: Json | undefined): Box[] {
  if (!Array.isArray(value) || value.length > MOST_BOXES) throw new BadMessage('boxes are missing, or too many');
  return value.map((box: Json) => {
    const { x1, y1, x2, y2 } = isJsonObject(box) ? box : {};
    return { x1: numberIn(x1), y1: numberIn(y1), x2: numberIn(x2), y2: numberIn(y2) };
  });
}
