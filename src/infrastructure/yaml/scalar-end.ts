import { CHOMPING_MODE, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Offset } from './text-lines';

/** Where the header of a block scalar (`|`, `>2-`) ends. */
export function blockHeaderEnd(text: string, header: Offset): Offset {
  let end = header + 1;
  while ('+-0123456789'.includes(text[end] ?? ' ')) end += 1;
  return end;
}

/** Where a scalar ends; an empty one ends where it stands. `headerEnd` is given for block scalars only. */
export function scalarEnd(text: string, event: ScalarEvent, headerEnd: Offset | undefined, content: Offset): Offset {
  if (event.valueStart < 0) return content;
  if (headerEnd === undefined) return event.style === SCALAR_STYLE.PLAIN ? event.valueEnd : event.valueEnd + 1;
  let end = event.valueEnd;
  if (event.chomping === CHOMPING_MODE.KEEP) {
    // The blank lines behind it are part of the value; only the last line break is not.
    if (end > event.valueStart && text[end - 1] === '\n') end -= 1;
    if (end > event.valueStart && text[end - 1] === '\r') end -= 1;
    return event.valueEnd > event.valueStart ? end : headerEnd;
  }
  while (end > event.valueStart && ' \t\r\n'.includes(text[end - 1] ?? '')) end -= 1;
  return end > event.valueStart ? end : headerEnd;
}
