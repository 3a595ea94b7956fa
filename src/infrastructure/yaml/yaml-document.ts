import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  type ScalarEvent,
  YAMLException,
  getScalarValue,
  parseEvents,
} from 'js-yaml';
import {
  type AliasNode,
  type Item,
  type ListNode,
  type LocatedFault,
  type LocatedNode,
  type MapNode,
  type Pair,
  type ScalarNode,
  type Span,
  isMergeKey,
  mergeSources,
} from './located-node';
import { layoutOf, scalarValue } from './scalar';
import { type Offset, skipTrivia } from './text-lines';

type Properties = Pick<ScalarEvent, 'anchorStart' | 'anchorEnd' | 'tagStart' | 'tagEnd'>;
type Head = Pick<LocatedNode, 'start' | 'content' | 'anchor' | 'tag'>;

const REMOVE_TAG = 'Remove this tag: only plain YAML values are read here.';
const PLAIN_KEY = 'Write a plain name as the key before the ":".';

/** A construct that is valid YAML but not allowed in a camera file. */
class UnreadableYaml extends Error {
  constructor(
    readonly at: Offset,
    message: string,
  ) {
    super(message);
  }
}

/** Builds the tree of one document from the parser's events; `at` is always the end of the last token taken. */
class TreeComposer {
  readonly faults: LocatedFault[] = [];
  readonly aliases: AliasNode[] = [];
  private readonly anchors = new Map<string, LocatedNode | 'open'>();
  private readonly path: (string | number)[] = [];
  private next = 0;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  /** @throws UnreadableYaml */
  compose(): LocatedNode {
    const first = this.take();
    if (first?.type !== EVENT_ID.DOCUMENT) throw new UnreadableYaml(0, 'The file is empty; write "cameras: []".');
    if (first.directives.length > 0) throw new UnreadableYaml(0, 'Remove the lines that start with "%".');
    if (first.explicitStart) this.at = skipTrivia(this.text, 0) + '---'.length;
    const root = this.node();
    this.take();
    const more = this.events[this.next];
    if (more) throw new UnreadableYaml(this.skip(), 'Keep one document only: remove this "---" and what follows it.');
    return root;
  }

  private take(): Event | undefined {
    return this.events[this.next++];
  }

  private skip(also = ''): Offset {
    return skipTrivia(this.text, this.at, also);
  }

  private fault(at: Offset, type: string, message: string, ...key: string[]): void {
    this.faults.push({ at, path: [...this.path, ...key], type, message, severity: 'error' });
  }

  private node(): LocatedNode {
    const event = this.take();
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.remember(this.scalar(event));
      case EVENT_ID.ALIAS:
        return this.alias(event.anchorStart - 1, event.anchorEnd);
      case EVENT_ID.MAPPING:
        return this.remember(this.map(this.head(event, event.start), event.style === COLLECTION_STYLE.FLOW));
      case EVENT_ID.SEQUENCE:
        return this.remember(this.list(this.head(event, event.start), event.style === COLLECTION_STYLE.FLOW));
      default:
        throw new UnreadableYaml(this.at, 'This part of the file cannot be understood; write it more simply.');
    }
  }

  private remember<N extends LocatedNode>(node: N): N {
    if (node.anchor) this.anchors.set(node.anchor.name, node);
    return node;
  }

  /** Anchor and tag; `content` is -1 for an empty value, which stands right behind them. */
  private head(event: Properties, content: Offset): Head {
    const { text } = this;
    const anchor: Head['anchor'] =
      event.anchorStart < 0
        ? undefined
        : { start: event.anchorStart - 1, end: event.anchorEnd, name: text.slice(event.anchorStart, event.anchorEnd) };
    const tag: Span | undefined = event.tagStart < 0 ? undefined : { start: event.tagStart, end: event.tagEnd };
    const behind = Math.max(this.at, anchor?.end ?? 0, tag?.end ?? 0);
    const value = content < 0 ? behind : content;
    if (anchor) this.anchors.set(anchor.name, 'open');
    this.at = behind;
    return { start: Math.min(anchor?.start ?? value, tag?.start ?? value), content: value, anchor, tag };
  }

  private scalar(event: ScalarEvent): ScalarNode {
    const layout = layoutOf(this.text, event, this.at);
    const { start, content, anchor, tag } = this.head(event, layout.content);
    const text = event.valueStart < 0 ? '' : getScalarValue(this.text, event);
    const value = scalarValue(text, layout.style, tag && this.text.slice(tag.start, tag.end));
    if (value === undefined) this.fault(start, 'tag', REMOVE_TAG);
    this.at = layout.end < 0 ? content : layout.end;
    const { style, headerEnd } = layout;
    return { kind: 'scalar', start, content, anchor, tag, style, text, value: value ?? null, headerEnd, end: this.at };
  }

  private alias(start: Offset, end: Offset): AliasNode {
    const name = this.text.slice(start + 1, end);
    const found = this.anchors.get(name);
    if (found === undefined)
      this.fault(start, 'anchor', 'Define the anchor of this alias above it, or write the value.');
    if (found === 'open')
      this.fault(start, 'anchor', 'This alias refers to what it is a part of; write the value instead.');
    this.at = end;
    const node: AliasNode = {
      kind: 'alias',
      start,
      content: start,
      end,
      name,
      target: found === 'open' ? undefined : found,
    };
    this.aliases.push(node);
    return node;
  }

  private checkTag({ start, tag }: Head, allowed: string): void {
    const name = tag && this.text.slice(tag.start, tag.end);
    if (name !== undefined && name !== allowed && name !== '!') this.fault(start, 'tag', REMOVE_TAG);
  }

  private map(head: Head, flow: boolean): MapNode {
    this.checkTag(head, '!!map');
    const braces = flow && this.text[head.content] === '{';
    if (braces) this.at = head.content + 1;
    const pairs: Pair[] = [];
    const seen = new Set<string>();
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const pair = this.pair(flow);
      if (seen.has(pair.key.text)) {
        this.fault(pair.key.start, 'duplicate_key', 'This key is set twice here; keep one of the two.', pair.key.text);
      }
      seen.add(pair.key.text);
      pairs.push(pair);
    }
    return { kind: 'map', ...head, flow, pairs, end: this.close(braces ? '}' : '') };
  }

  private pair(flow: boolean): Pair {
    const start = this.skip(flow ? ',' : '');
    const key = this.key(start);
    const colon = this.skip();
    const colonEnd = this.text[colon] === ':' ? colon + 1 : undefined;
    if (colonEnd !== undefined) this.at = colonEnd;
    this.path.push(key.text);
    const value = this.node();
    if (isMergeKey(key) && mergeSources(value).some((source) => source && source.kind !== 'map')) {
      this.fault(value.start, 'merge', 'Only a map, or a list of maps, can be taken over with "<<".');
    }
    this.path.pop();
    return { start, end: value.end, key, colonEnd, value };
  }

  private key(start: Offset): ScalarNode {
    const event = this.events[this.next];
    if (event?.type !== EVENT_ID.SCALAR || event.valueStart < 0) {
      throw new UnreadableYaml(start, PLAIN_KEY);
    }
    const key = this.node();
    if (key.kind !== 'scalar' || key.style === 'block') {
      throw new UnreadableYaml(start, PLAIN_KEY);
    }
    if (key.text === '__proto__')
      this.fault(key.start, 'forbidden', 'This name cannot be used as a key; choose another.');
    return key;
  }

  private list(head: Head, flow: boolean): ListNode {
    this.checkTag(head, '!!seq');
    const items: Item[] = [];
    this.at = flow ? head.content + 1 : head.content;
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const dash = this.skip(flow ? ',' : '');
      if (!flow) this.at = dash + 1;
      this.path.push(items.length);
      const node = this.node();
      this.path.pop();
      items.push({ start: flow ? node.start : dash, end: node.end, node });
    }
    return { kind: 'list', ...head, flow, items, end: this.close(flow ? ']' : '') };
  }

  private close(bracket: string): Offset {
    this.take();
    if (bracket === '') return this.at;
    const end = this.skip(',');
    if (this.text[end] !== bracket)
      throw new UnreadableYaml(end, 'Write this list or map more simply, one entry a line.');
    this.at = end + 1;
    return this.at;
  }
}

export interface YamlDocument {
  readonly text: string;
  /** Absent if the text could not be read at all. */
  readonly root?: LocatedNode;
  /** In the order of the text. */
  readonly aliases: readonly AliasNode[];
  readonly faults: readonly LocatedFault[];
}

export const MAX_BYTES = 5 * 1024 * 1024;
/** Enough for ten thousand cameras with 50 settings each. */
export const MAX_EVENTS = 1_000_000;

const unreadable = (text: string, at: Offset, message: string, type = 'syntax'): YamlDocument => ({
  text,
  aliases: [],
  faults: [{ at, path: [], type, message, severity: 'error' }],
});

/** The parser's messages may quote the text, and the text may be a secret: only single characters may be quoted. */
const advice = (reason: string): string =>
  `This is not valid YAML (${reason.replace(/"[^"]*"|: .*$/gs, '')}); check indentation, quotes and colons here.`;

/** Reads a text into a tree; never throws for the content of the text. */
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
