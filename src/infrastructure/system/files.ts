import { renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readdir, stat, statfs } from 'node:fs/promises';
import { types } from 'node:util';

/** `instanceof` does not recognise an error from another realm, such as those node raises under jest. */
const isError = (error: unknown): error is Error => error instanceof Error || types.isNativeError(error);

/** The code of a system or database error (`ENOENT`, `57P03`), empty for any other. */
export const errorCode = (error: unknown): string =>
  isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const errorText = (error: unknown): string => (isError(error) ? error.message : String(error));

/** Whether the operating system or the database refused with one of these codes, e.g. `ENOENT`. */
export const hasCode = (error: unknown, ...codes: string[]): boolean => codes.includes(errorCode(error));

/** Undefined when there is no such file. */
export const openIfThere = (file: string): Promise<FileHandle | undefined> => open(file, 'r').catch(noneIfAbsent);

/** For a `catch` where a missing file is an answer, not an error. */
export function noneIfAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT', 'ENAMETOOLONG')) throw error;
}

/** Bytes of a file; 0 where there is none. */
export const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(noneIfAbsent))?.size ?? 0;

/** Free space for ordinary users on the disk of a folder; percent from 0 to 100. */
export async function diskSpace(folder: string): Promise<{ freeBytes: number; freePercent: number }> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { freeBytes: bavail * bsize, freePercent: blocks === 0 ? 0 : Math.round((bavail / blocks) * 1_000) / 10 };
}

/** Replaces the content in one step, so that no reader sees half of it. One writer per file and draft. */
export function replaceFile(file: string, content: string | Uint8Array, draft = `${file}.tmp`): void {
  writeFileSync(draft, content);
  renameSync(draft, file);
}

const PICTURE = /^(\d{1,15})\.jpg$/;

/** A picture by the millisecond since 1970 in which it was taken. */
export const pictureFile = (takenAt: number): string => `${takenAt}.jpg`;

/** When the picture of a file was taken; undefined where it is none. */
export function pictureTime(file: string): number | undefined {
  const at = PICTURE.exec(file)?.[1];
  return at === undefined ? undefined : Number(at);
}

/** When the pictures of a folder were taken, oldest first; none where there is no folder. */
export async function pictureTimes(folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder).catch(noneIfAbsent)) ?? [];
  return names.flatMap((name) => pictureTime(name) ?? []).sort((a, b) => a - b);
}
