import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** Of a configuration that people write; the largest that is read as one is smaller. */
const MOST_BYTES = 5_000_000;
/** Opening a pipe would otherwise wait for whoever writes to it, and with it the thread that opens. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export class NotARegularFile extends Error {
  constructor(readonly why: string) {
    super(why);
    this.name = 'NotARegularFile';
  }
}

function check(found: Stats): Stats {
  if (!found.isFile()) throw new NotARegularFile('it is no ordinary file');
  if (found.size > MOST_BYTES) throw new NotARegularFile(`it is larger than ${MOST_BYTES / 1_000_000} MB`);
  return found;
}

/** What a file holds, if it is one. Throws `NotARegularFile` for a pipe, a device or what is too large to be read whole. */
export async function readRegular(path: string): Promise<{ readonly bytes: Buffer; readonly stats: Stats }> {
  const file = await open(path, FLAGS);
  try {
    const stats = check(await file.stat());
    return { bytes: await file.readFile(), stats };
  } finally {
    await file.close();
  }
}

/** The same at once. */
export function readRegularSync(path: string): Buffer {
  const file = openSync(path, FLAGS);
  try {
    check(fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
