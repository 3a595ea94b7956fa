import { type Logger, createLogger, format, transports } from 'winston';
import { join } from 'node:path';
import { currentCall } from '../../application/shared/call-context';
import type { Log } from '../../application/shared/log';
import { maskText } from '../../domain/cameras/camera-secrets';
import { oneLine, severalLines, withoutC1 } from '../../domain/shared/text';
import { LogFile } from './log-file';

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
