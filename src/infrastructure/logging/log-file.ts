import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { noneIfAbsent, sizeOf } from '../system/files';

/**
 * Lines that may wait to be written, in a burst, and while nothing can be written; further ones are dropped and
 * counted.
 */
const MOST_OF_A_BURST = 50_000;
const MOST_WAITING = 2_000;

export interface LogFileOptions {
  readonly maxBytes: number;
  readonly maxFiles: number;
  /**
   * Called once when lines cannot be written; `onRecovery` once when they can again, with the number of dropped lines.
   */
  readonly onTrouble: (error: unknown) => void;
  readonly onRecovery: (lost: number) => void;
  readonly againAfterMs: number;
}

/**
 * A log file that is rotated by size (`x.log`, `x1.log`, …) and never blocks its callers: while the disk refuses
 * writes, some lines wait, later ones are dropped, and the write is repeated.
 */
export class LogFile extends Writable {
  private waiting: string[] = [];
  private lost = 0;
  private size = -1;
  private failing = false;
  private writing = false;
  /** At the end of the process an error can only be reported. */
  private readonly lastWords = () => this.flushNow((error) => this.failing || this.options.onTrouble(error));

  constructor(
    private readonly path: string,
    private readonly options: LogFileOptions,
  ) {
    super({ decodeStrings: false });
    process.once('exit', this.lastWords);
    this.waiting.push('');
    // Creates the file at the start; an error is reported with the first line.
    this.flushNow(() => undefined);
  }

  override _write(line: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.waiting.length >= (this.failing ? MOST_WAITING : MOST_OF_A_BURST)) this.lost += 1;
    else this.waiting.push(String(line));
    if (!this.writing && !this.failing) void this.work();
    done();
  }

  override _final(done: () => void): void {
    process.off('exit', this.lastWords);
    this.lastWords();
    done();
  }

  private async work(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const lines = this.waiting.splice(0);
      try {
        await this.append(lines.join(''));
        if (this.failing || this.lost > 0) this.recovered();
      } catch (error) {
        const all = [...lines, ...this.waiting];
        this.waiting = all.slice(0, MOST_WAITING);
        this.lost += all.length - this.waiting.length;
        this.size = -1;
        this.failed(error);
        break;
      }
    }
    this.writing = false;
  }

  private async append(text: string): Promise<void> {
    if (this.size < 0) {
      await mkdir(dirname(this.path), { recursive: true });
      this.size = await sizeOf(this.path);
    }
    if (this.size > this.options.maxBytes) await this.turnOver();
    await appendFile(this.path, text);
    this.size += Buffer.byteLength(text);
  }

  private async turnOver(): Promise<void> {
    const older = (n: number) => (n === 0 ? this.path : this.path.replace(/(\.\w+)?$/, `${n}$1`));
    for (let n = this.options.maxFiles - 1; n > 0; n--) await rename(older(n - 1), older(n)).catch(noneIfAbsent);
    this.size = 0;
  }

  private failed(error: unknown): void {
    const first = !this.failing;
    this.failing = true;
    setTimeout(() => void this.work(), this.options.againAfterMs).unref();
    if (first) this.options.onTrouble(error);
  }

  private recovered(): void {
    this.failing = false;
    this.options.onRecovery(this.lost);
    this.lost = 0;
  }

  private flushNow(onTrouble: (error: unknown) => void): void {
    const lines = this.waiting.splice(0);
    if (lines.length === 0) return;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      appendFileSync(this.path, lines.join(''));
    } catch (error) {
      onTrouble(error);
    }
  }
}
