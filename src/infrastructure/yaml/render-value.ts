import { dump } from 'js-yaml';
import type { Json } from '../../domain/shared/json';
import type { LocatedNode } from './located-node';

const oneLine = { lineWidth: -1, noRefs: true } as const;

/** One line of YAML for a value; `flow` if it will stand inside brackets or braces, where commas end a plain text. */
export function renderValue(value: Json, flow: boolean, old?: LocatedNode): string {
  const quoted = old?.kind === 'scalar' && (old.style === 'single' || old.style === 'double') ? old.style : undefined;
  if (typeof value === 'string' && quoted === undefined && !flow) {
    const line = dump({ k: value }, oneLine).trimEnd();
    if (!/[\r\n]/.test(line)) return line.slice('k: '.length);
  }
  const options = { ...oneLine, flowLevel: 0, quoteStyle: quoted, forceQuotes: quoted !== undefined };
  return dump([value], options).slice(1, -2);
}

export const renderPair = (name: string, value: Json, flow: boolean): string =>
  `${renderValue(name, flow)}: ${renderValue(value, flow)}`;
