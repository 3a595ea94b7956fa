import { stat } from 'node:fs/promises';
import { noneIfAbsent } from './open-if-there';

/** Bytes of a file; 0 where there is none. */
export const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(noneIfAbsent))?.size ?? 0;
