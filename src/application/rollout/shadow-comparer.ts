import { isAnswer } from '../../domain/shared/domain-error';
import { type Json, type JsonObject, toJson } from '../../domain/shared/json';
import { type CallContext, currentCall, runInCall } from '../shared/call-context';
import type { Clock, Log } from '../shared/log';
import { Media } from '../shared/media';
import { within } from '../shared/within';
import type { Comparison, Mismatch } from './evidence-store';
import { type Difference, differences, lasting } from './json-difference';
import type { Answer, AnsweredRead, Call } from './operation-router';

/** Share of reads that are repeated on the other path. */
const SHARE = 0.05;
const BURST = 5;
/**
 * Time between two comparisons: at full load 2,995 of them, which prove less than 0.1 % differences, take two and a
 * half minutes.
 */
const APART_MS = 50;
/**
 * Share of the time that repeated reads of one group may take: a path that counts a long journal anew each time is
 * called rarely.
 */
const GROUP_TIME_SHARE = 0.05;
/** The same of all groups together: a slow group waits for itself, and holds back the others a quarter as long. */
const TIME_SHARE = 0.2;
const CONCURRENT = 2;
const ANSWER_WITHIN_MS = 5_000;
/** Characters of a file that are compared. */
const MOST_COMPARED = 262_144;

export interface ShadowOptions {
  /** Whether this process has time to spare; a busy one compares nothing. */
  readonly idle: () => boolean;
  /**
   * Milliseconds after which both sides are called again; longer than one side may lag behind the other in normal
   * operation.
   */
  readonly confirmAfterMs: number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Called once per confirmed difference. */
  readonly onMismatch: (mismatch: Mismatch) => Promise<void>;
  /** Hides secrets of what is stored for people to look at. */
  readonly mask: (members: JsonObject) => JsonObject;
}

interface Sides {
  readonly served: Json;
  readonly other: Json;
}

/**
 * Repeats a read on the other path once the answer has been sent, and compares. A difference counts only if it is still
 * the same after both were called again: what changed in between is noise. Never delays a caller.
 */
export class ShadowComparer {
  private tokens = BURST;
  /** Groups whose reads are being repeated, one each. */
  private readonly running = new Set<string>();
  private notBefore = Number.NEGATIVE_INFINITY;
  private readonly groupNotBefore = new Map<string, number>();
  private readonly results: Comparison[] = [];

  constructor(
    private readonly options: ShadowOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The router's `Shadow`. */
  readonly offer = (read: AnsweredRead): void => {
    const context = currentCall();
    if (!context?.afterAnswer || context.partial || read.served.entry === 0 || isPicture(read.answer)) return;
    this.tokens = Math.min(BURST, this.tokens + SHARE);
    const now = performance.now();
    if (now < this.notBefore || this.tokens < 1 || this.running.size >= CONCURRENT) return;
    const { group } = read.operation;
    if (this.running.has(group) || now < (this.groupNotBefore.get(group) ?? now)) return;
    this.notBefore = now + APART_MS;
    if (!this.options.idle()) return;
    this.tokens -= 1;
    this.running.add(group);
    const { requestId } = context;
    context.afterAnswer(() => void this.run(read, requestId));
  };

  /** Results since the last call, for the evidence store. */
  drain(): Comparison[] {
    return this.results.splice(0);
  }

  private async run(read: AnsweredRead, requestId: string): Promise<void> {
    const again = async () => ({
      served: await this.ask(read, read.again),
      other: await this.ask(read, read.other),
    });
    try {
      // A file was sent as a stream: its content can only be read again.
      const first = isFile(read.answer)
        ? await again()
        : { served: await comparable(read.answer), other: await this.ask(read, read.other) };
      const differing = compare(read, first);
      if (differing.length === 0) return this.count(read, 'same');
      const second = lasting(differing, compare(read, await again()));
      if (second.length === 0) return this.count(read, 'noise');
      await this.options.pause(this.options.confirmAfterMs);
      const sides = await again();
      const confirmed = lasting(second, compare(read, sides));
      if (confirmed.length === 0) return this.count(read, 'noise');
      this.count(read, 'mismatch');
      await this.options.onMismatch(this.mismatch(read, confirmed, sides, requestId));
    } catch (error) {
      this.log.debug('a comparison of both paths was given up', { operation: read.operation.id, requestId, error });
    } finally {
      this.running.delete(read.operation.group);
    }
  }

  private async ask({ operation: { group }, input }: AnsweredRead, call: Call): Promise<Json> {
    const from = performance.now();
    try {
      return await settledAnswer(call, input);
    } finally {
      const now = performance.now();
      const after = (notBefore = now, share: number) => Math.max(now, notBefore) + (now - from) / share;
      this.notBefore = after(this.notBefore, TIME_SHARE);
      this.groupNotBefore.set(group, after(this.groupNotBefore.get(group), GROUP_TIME_SHARE));
    }
  }

  private count({ operation, served }: AnsweredRead, result: Comparison['result']): void {
    this.results.push({ group: operation.group, entry: served.entry, operation: operation.id, result });
  }

  private shown(value: Json): Json {
    const masked = this.options.mask({ value }).value ?? null;
    return JSON.stringify(masked).length > MOST_SHOWN ? null : masked;
  }

  private mismatch(
    { operation, served, input }: AnsweredRead,
    found: readonly Difference[],
    sides: Sides,
    requestId: string,
  ): Mismatch {
    const fromDomain = served.path === 'domain';
    const pointers = found.map(({ pointer, left = null, right = null }) => ({
      pointer,
      domain: fromDomain ? left : right,
      legacy: fromDomain ? right : left,
    }));
    return {
      group: operation.group,
      entry: served.entry,
      operation: operation.id,
      at: this.clock(),
      requestId,
      served: served.path,
      pointers,
      input: this.shown(toJson(input)),
      answers: {
        domain: this.shown(fromDomain ? sides.served : sides.other),
        legacy: this.shown(fromDomain ? sides.other : sides.served),
      },
    };
  }
}

/** Longer answers are not kept: their differences are. */
const MOST_SHOWN = 16_384;

const compare = ({ operation }: AnsweredRead, { served, other }: Sides): Difference[] =>
  differences(
    served,
    other,
    operation.mayDiffer.map((pointer) => `/value${pointer}`),
  );

const isText = ({ type }: Media): boolean => type.startsWith('text/');
const isFile = (answer: Answer): boolean => 'value' in answer && answer.value instanceof Media;
/** Two pictures of the same moment differ. */
const isPicture = (answer: Answer): boolean =>
  'value' in answer && answer.value instanceof Media && !isText(answer.value);

async function comparable(answer: Answer): Promise<Json> {
  if ('refused' in answer) return { refused: answer.refused.code };
  if (!(answer.value instanceof Media)) return toJson({ value: answer.value });
  return isText(answer.value) ? { lines: await linesOf(answer.value) } : { media: answer.value.type };
}

/**
 * The lines of a file as keys, so that a line added meanwhile does not shift the others. Of a long file only the
 * beginning.
 */
async function linesOf({ body }: Media): Promise<Json> {
  let text = '';
  const chunks = body instanceof Uint8Array ? [body] : body;
  for await (const chunk of chunks) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (text.length > MOST_COMPARED) break;
  }
  const lines = text
    .slice(0, MOST_COMPARED)
    .split('\n')
    .slice(0, text.length > MOST_COMPARED ? -1 : undefined);
  return Object.fromEntries(lines.map((line) => [line, true]));
}

/** The answer of a path, a refusal included; a failed, late or partial one cannot be compared. */
async function settledAnswer(ask: Call, input: object): Promise<Json> {
  const context: CallContext = { requestId: '' };
  try {
    const value = await within(
      ANSWER_WITHIN_MS,
      runInCall(context, () => ask(input)),
      () => {
        throw new Error('the other path did not answer in time');
      },
    );
    if (context.partial) throw new Error('a path knows only a part of the answer');
    return await comparable({ value });
  } catch (error) {
    if (isAnswer(error)) return await comparable({ refused: error });
    throw error;
  }
}
