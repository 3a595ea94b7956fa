import type { UnreadableLine } from '../../application/events/journal';

export const MOST_LINE_BYTES = 65_536;
const NEWLINE = 10;
export const TOO_LONG: UnreadableLine = { why: `the line is longer than ${MOST_LINE_BYTES} bytes` };
const NOT_TEXT: UnreadableLine = { why: 'the line is not UTF-8 text' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The lines of some bytes that end with a line; what is no line of text takes the place of one. */
export function linesOf(bytes: Buffer): (string | UnreadableLine)[] {
  const text = decoded(bytes);
  const lines = text === undefined ? byteLines(bytes).map((line) => decoded(line) ?? NOT_TEXT) : text.split('\n');
  // The text ends with the end of its last line, behind which there is no other line.
  if (text !== undefined && bytes.at(-1) === NEWLINE) lines.pop();
  return lines.map((line) => (typeof line === 'string' && line.length > MOST_LINE_BYTES ? TOO_LONG : line));
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
    throw error;
  }
}

function byteLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
