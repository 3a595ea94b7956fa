import { type Logger, createLogger, format, transports } from 'winston';
import { dirname, join } from 'node:path';
import { currentCall } from '../../application/shared/call-context';
import type { Log } from '../../application/shared/log';
import { maskText } from '../../domain/cameras/camera-secrets';
import { oneLine, severalLines, withoutC1 } from '../../domain/shared/text';
import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, mkdir, rename } from 'node:fs/promises';
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

const MAX_FILE_BYTES = 10_000_000;
const MAX_FILES = 5;

/** Masked, and without characters that a terminal would execute even in JSON. */
const safeText = (text: string): string => withoutC1(maskText(text));

/** Fields as they are written: errors become their stack and causes, secrets in texts are masked. */
function plain(value: unknown, depth = 0): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined || depth > 3 ? '' : `\ncaused by ${String(plain(value.cause, depth + 1))}`;
    return safeText(`${value.stack ?? value.message}${cause}`);
  }
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object' || value === null || depth > 3) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, depth + 1)]));
}

const safe = format((info) => {
  const { level, message, ...fields } = info;
  const requestId = currentCall()?.requestId;
  const shown = Object.fromEntries(Object.entries(fields).map(([name, v]) => [name, plain(v)]));
  return Object.assign(info, shown, { level, message: safeText(String(message)) }, requestId ? { requestId } : {});
});

const readable = format.printf(({ level, message, timestamp, ...fields }) => {
  const { error, ...rest } = fields;
  const details = Object.entries(rest).map(
    ([name, value]) => ` ${oneLine(name)}=${typeof value === 'string' ? oneLine(value) : JSON.stringify(value)}`,
  );
  const stack = error === undefined ? '' : `\n${severalLines(String(error))}`;
  return `${String(timestamp)} ${level.toUpperCase().padEnd(5)} ${oneLine(String(message))}${details.join('')}${stack}`;
});

export interface LogSettings {
  readonly level: string;
  readonly json: boolean;
  /** Where `watchgate.log` goes, always as JSON lines, rotated by size; no file when absent. */
  readonly dir?: string;
  /** Time until the next attempt to write to a failing file. */
  readonly againAfterMs?: number;
}

/** The log of this process: to the console for people, to a file for later. */
export function createLog({ level, json, dir, againAfterMs = 10_000 }: LogSettings): Log & { close(): void } {
  const console = new transports.Console({ format: json ? format.json() : readable });
  const file =
    dir &&
    new LogFile(join(dir, 'watchgate.log'), {
      maxBytes: MAX_FILE_BYTES,
      maxFiles: MAX_FILES,
      againAfterMs,
      onTrouble: (error) => void logger.error('the log file cannot be written; the console goes on', { error }),
      onRecovery: (lost) => void logger.warn('the log file can be written again', { lost_lines: lost }),
    });
  const logger: Logger = createLogger({
    level,
    format: format.combine(safe(), format.timestamp()),
    transports: file ? [console, new transports.Stream({ stream: file, format: format.json() })] : [console],
  });
  // Winston formats a message before it checks the level, and there is one for every request.
  const debugs = logger.isLevelEnabled('debug');
  return {
    debug: (message, fields) => void (debugs && logger.debug(message, fields)),
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    error: (message, fields) => void logger.error(message, fields),
    close: () => {
      logger.close();
      if (file) file.end();
    },
  };
}
