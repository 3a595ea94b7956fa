import { YAMLException, parseEvents } from 'js-yaml';
import type { AliasNode, LocatedFault, LocatedNode } from './located-node';
import type { Offset } from './text-lines';
import { TreeComposer, UnreadableYaml } from './tree-composer';

export interface YamlDocument {
  readonly text: string;
  /** Absent if the text could not be read at all. */
  readonly root?: LocatedNode;
  /** In the order of the text. */
  readonly aliases: readonly AliasNode[];
  readonly faults: readonly LocatedFault[];
}

const MAX_BYTES = 5 * 1024 * 1024;
/** Ten thousand cameras with 50 settings each. */
const MAX_EVENTS = 1_000_000;

const unreadable = (text: string, at: Offset, message: string, type = 'syntax'): YamlDocument => ({
  text,
  aliases: [],
  faults: [{ at, path: [], type, message, severity: 'error' }],
});

/** The parser's reasons may quote the text, and the text may be a secret: only single signs may be quoted. */
const advice = (reason: string): string =>
  `This is not valid YAML (${reason.replace(/"[^"]*"|: .*$/gs, '')}); check indentation, quotes and colons here.`;

/** Reads a text into a tree; never throws for what the text says. */
export function parseYaml(text: string): YamlDocument {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return unreadable(text, 0, 'The file is larger than 5 MB; split off what does not belong to it.', 'too_large');
  }
  try {
    const events = parseEvents(text, {});
    if (events.length > MAX_EVENTS)
      return unreadable(text, 0, 'The file has too many values; remove some.', 'too_large');
    const composer = new TreeComposer(text, events);
    const root = composer.compose();
    return { text, root, aliases: composer.aliases, faults: composer.faults };
  } catch (error) {
    if (error instanceof UnreadableYaml) return unreadable(text, error.at, error.message);
    if (error instanceof YAMLException) return unreadable(text, error.mark?.position ?? 0, advice(error.reason));
    throw error;
  }
}
