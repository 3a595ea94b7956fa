import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';
import type { ScalarNode, ScalarStyle } from './located-node';

type Value = ScalarNode['value'];

const CORE = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];
const MAY_BE_TYPED = /^(?:[-+.\d~nNtTfF]|$)/;
const TAGS = new Map(CORE.map((tag) => [tag.tagName.replace('tag:yaml.org,2002:', '!!'), tag]));

/** JSON knows no infinity: such a number stays the text it is. */
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
