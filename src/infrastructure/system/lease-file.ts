import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { noneIfAbsent } from './files';

/** Digits of a time of CLOCK_MONOTONIC in nanoseconds: always as many, so that a renewal needs no space on the disk. */
const DIGITS = 20;

const now = (): bigint => process.hrtime.bigint();

/**
 * Until when the workers of a node may run, by the clock of the machine that no one can set: a service that is killed,
 * stopped or cut off renews it no more, and its workers end by themselves. Without the file they may run for ever.
 */
export class LeaseFile {
  private file: number | undefined;

  constructor(private readonly path: string) {}

  /** From now on for these milliseconds; undefined: for ever. */
  renew(ms: number | undefined): void {
    if (ms === undefined) return this.remove();
    if (this.file === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.file = openSync(this.path, 'w', 0o600);
    }
    const until = now() + BigInt(Math.max(0, Math.round(ms * 1e6)));
    writeSync(this.file, `${String(until).padStart(DIGITS, '0')}\n`, 0);
  }

  private remove(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
    rmSync(this.path, { force: true });
  }
}

/** Milliseconds that are left by a lease file; Infinity without one, undefined while it is being written. */
export function leaseLeft(path: string): number | undefined {
  const text = readText(path);
  if (text === undefined) return Infinity;
  return /^\d{20}\n$/.test(text) ? Number(BigInt(text.trim()) - now()) / 1e6 : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return noneIfAbsent(error);
  }
}
