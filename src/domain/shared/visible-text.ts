const C1 = /[\u007f-\u009f]/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

const escaped = (sign: string): string => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A text for one line of a terminal: nothing in it can begin another line, or give the terminal an order. */
export const oneLine = (text: string): string => text.replace(CONTROL, escaped);

/** Several lines, of which nothing else is an order. */
export const severalLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replaceAll('\t', '  '))
    .map(oneLine)
    .join('\n');

/** For JSON, which escapes the others itself. */
export const withoutC1 = (text: string): string => text.replace(C1, escaped);
