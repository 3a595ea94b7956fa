import { statfs } from 'node:fs/promises';

/** Room for files of ordinary users on the disk of a folder; percent from 0 to 100. */
export async function diskSpace(folder: string): Promise<{ freeBytes: number; freePercent: number }> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { freeBytes: bavail * bsize, freePercent: blocks === 0 ? 0 : Math.round((bavail / blocks) * 1_000) / 10 };
}
