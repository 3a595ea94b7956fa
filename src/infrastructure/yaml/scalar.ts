import {
  CHOMPING_MODE,
  NOT_RESOLVED,
  SCALAR_STYLE,
  type ScalarEvent,
  boolCoreTag,
  floatCoreTag,
  intCoreTag,
  nullCoreTag,
} from 'js-yaml';
import type { ScalarNode, ScalarStyle } from './located-node';
import { type Offset, skipTrivia } from './text-lines';

/** The range of a scalar with its quotes or its block header, which the parser's offsets leave out. */
interface ScalarLayout {
  readonly style: ScalarStyle;
  /** -1 if the value is empty. */
  readonly content: Offset;
  readonly end: Offset;
  readonly headerEnd?: Offset;
}

const STYLES: Readonly<Record<ScalarEvent['style'], ScalarStyle>> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'block',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'block',
};

/** `behind` is the end of the token in front of the scalar and its anchor and tag. */
export function layoutOf(text: string, event: ScalarEvent, behind: Offset): ScalarLayout {
  const style = STYLES[event.style];
  const { valueStart, valueEnd } = event;
  if (valueStart < 0) return { style, content: -1, end: -1 };
  switch (style) {
    case 'plain':
      return { style, content: valueStart, end: valueEnd };
    case 'single':
    case 'double':
      return { style, content: valueStart - 1, end: valueEnd + 1 };
    case 'block': {
      const content = skipTrivia(text, Math.max(behind, event.anchorEnd, event.tagEnd));
      let headerEnd = content + 1;
      while ('+-0123456789'.includes(text[headerEnd] ?? ' ')) headerEnd += 1;
      return { style, content, headerEnd, end: blockEnd(text, event, headerEnd) };
    }
  }
}

/** The end of the last line that belongs to the value, without its line break. */
function blockEnd(text: string, { valueStart, valueEnd, chomping }: ScalarEvent, headerEnd: Offset): Offset {
  if (valueEnd === valueStart) return headerEnd;
  let end = valueEnd;
  if (chomping === CHOMPING_MODE.KEEP) {
    // The blank lines behind the text are part of the value.
    if (text[end - 1] === '\n') end -= 1;
    return text[end - 1] === '\r' && end > valueStart ? end - 1 : end;
  }
  while (end > valueStart && ' \t\r\n'.includes(text[end - 1] ?? '')) end -= 1;
  return end > valueStart ? end : headerEnd;
}

type Value = ScalarNode['value'];

const CORE = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];
const MAY_BE_TYPED = /^(?:[-+.\d~nNtTfF]|$)/;
const TAGS = new Map(CORE.map((tag) => [tag.tagName.replace('tag:yaml.org,2002:', '!!'), tag]));

/** JSON has no infinity: such a number stays text. */
const finite = (value: Value, text: string): Value =>
  typeof value === 'number' && !Number.isFinite(value) ? text : value;

function implicitValue(text: string): Value {
  if (!MAY_BE_TYPED.test(text)) return text;
  for (const tag of CORE) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return finite(value, text);
  }
  return text;
}

/** The value of a scalar by the YAML 1.2 core schema; `undefined` if its tag is unknown or does not fit. */
export function scalarValue(text: string, style: ScalarStyle, tagName: string | undefined): Value | undefined {
  if (tagName === undefined) return style === 'plain' ? implicitValue(text) : text;
  if (tagName === '!' || tagName === '!!str') return text;
  const tag = TAGS.get(tagName);
  const value = tag?.resolve(text, true, tag.tagName);
  return value === NOT_RESOLVED || value === undefined ? undefined : finite(value, text);
}
