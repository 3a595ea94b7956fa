import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { replaceFile } from '../infrastructure/system/files';

/** Long enough for whoever keeps the moments before and after an event, and for a service that is late. */
const KEPT_MS = 15_000;

/** The small pictures of the last seconds, one file each, named by the millisecond since 1970 in which it came. */
export class SmallPictures {
  private kept: number[] = [];
  private ready = false;

  constructor(private readonly folder: string) {}

  /** Adds one; throws the error of the file system. */
  add(jpeg: Uint8Array, at: number): void {
    this.prepare();
    // A clock that was set back must not replace an earlier one.
    const last = this.kept.at(-1);
    const name = last !== undefined && at <= last && last - at < KEPT_MS ? last + 1 : at;
    replaceFile(this.file(name), jpeg);
    this.kept.push(name);
    const old = this.kept.filter((each) => Math.abs(name - each) > KEPT_MS);
    for (const each of old) rmSync(this.file(each), { force: true });
    if (old.length > 0) this.kept = this.kept.filter((each) => !old.includes(each));
  }

  /** What an earlier worker left is of a moment that is over. */
  private prepare(): void {
    if (this.ready) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.folder)) rmSync(`${this.folder}/${name}`, { force: true });
    this.ready = true;
  }

  private readonly file = (at: number): string => `${this.folder}/${at}.jpg`;
}
