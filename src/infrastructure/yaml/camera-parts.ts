import type { ConfigEdit, ConfigReading } from '../../application/shared/config-file';
import { DomainError } from '../../domain/shared/domain-error';
import { idOf } from '../../domain/shared/entry-changes';
import { sameJson } from '../../domain/shared/json';
import { type CamerasDocument, MAX_CAMERAS, MAX_NODES } from './cameras-document';
import type { LocatedNode } from './located-node';
import { columnOf, isFirstInLine, lineBreakOf, lineStart, nextLine } from './text-lines';
import { MAX_BYTES, MAX_EVENTS } from './yaml-document';

const MOST_EDITS = 64;
/** A node is at most so many events of the parser, and so many steps of making its value. */
const PER_NODE = 3;
/** What a line may not start with in the middle of a document. */
const MARKER = /^(?:---|\.\.\.)/m;

interface Size {
  readonly bytes: number;
  readonly nodes: number;
}

/** Reads and edits the text of a document. */
interface Editor {
  read(text: string): CamerasDocument;
  /** @throws DomainError */
  edit(document: CamerasDocument, edits: readonly ConfigEdit[]): CamerasDocument;
}

/**
 * A camera file without faults, cut where its cameras begin. As long as no camera refers to another and each fills
 * lines of its own, the lines of one camera mean the same alone as in the file: an edit reads these lines only.
 */
export class CameraParts {
  private constructor(
    readonly text: string,
    readonly reading: ConfigReading,
    /** Where the lines of each camera start, and last, where those of the last one end. */
    private readonly starts: readonly number[],
    /** The place of each camera in the list. */
    private readonly places: ReadonlyMap<string, number>,
    private readonly size: Size,
  ) {}

  /** Undefined for a file that cannot be cut. */
  static of({ text, root, cameras, reading }: CamerasDocument): CameraParts | undefined {
    if (!cameras || !root || !reading.readable || reading.faults.length > 0) return undefined;
    const { pair, list, items, inFlow } = cameras;
    const last = list.items.at(-1);
    if (!last || list.flow || inFlow || columnOf(text, pair.start) !== 0) return undefined;
    if (items.cameras.length !== list.items.length) return undefined;
    if (!list.items.every(({ start }) => isFirstInLine(text, start))) return undefined;
    const nodes = nodesIn(root);
    if (nodes === undefined) return undefined;
    const starts = [...list.items.map(({ start }) => lineStart(text, start)), nextLine(text, last.end)];
    const places = new Map(reading.entries.map((fields, i) => [idOf(fields), i]));
    return new CameraParts(text, reading, starts, places, { bytes: Buffer.byteLength(text), nodes });
  }

  /** Undefined where the whole file must be read to answer: to refuse the edits, or to make them. */
  edited(edits: readonly ConfigEdit[], editor: Editor): CameraParts | undefined {
    const ids = edits.map((edit) => (edit.kind === 'add' ? idOf(edit.fields) : edit.id));
    if (edits.length > MOST_EDITS || new Set(ids).size < ids.length) return undefined;
    if (edits.some(({ kind }) => kind === 'remove') && edits.length > 1) return undefined;
    if (edits.some(({ kind }, i) => (kind === 'add') === this.places.has(ids[i] ?? ''))) return undefined;
    try {
      return this.step(edits, editor);
    } catch (error) {
      // Whoever reads the whole file says why.
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  private step(edits: readonly ConfigEdit[], editor: Editor): CameraParts | undefined {
    const count = this.reading.entries.length;
    // A new camera is laid out like the last two, and follows what becomes of them.
    const end = edits.some(({ kind }) => kind === 'add') ? Math.max(0, count - 2) : count;
    const placeOf = (edit: ConfigEdit) => (edit.kind === 'add' ? count : (this.places.get(edit.id) ?? 0));
    const one = (parts: CameraParts | undefined, edit: ConfigEdit) => {
      const at = placeOf(edit);
      // The blank lines above a camera go with it.
      const from = edit.kind === 'remove' ? at - 1 : at;
      return from < 0 ? undefined : parts?.replaced(from, at + 1, [edit], editor);
    };
    const parts = edits.filter((edit) => placeOf(edit) < end).reduce(one, this);
    const atEnd = edits.filter((edit) => placeOf(edit) >= end);
    return atEnd.length === 0 ? parts : parts?.replaced(end, count, atEnd, editor);
  }

  /** Edits the cameras from one place to another as a file of their own. */
  private replaced(from: number, to: number, edits: readonly ConfigEdit[], editor: Editor): CameraParts | undefined {
    const { text, starts, reading, size } = this;
    const [start = 0, end = 0] = [starts[from], starts[to]];
    const header = `cameras:${lineBreakOf(text)}`;
    const before = CameraParts.of(editor.read(header + text.slice(start, end)));
    const own = reading.entries.slice(from, to);
    if (!before || !sameJson(own, [...before.reading.entries])) return undefined;
    const after = CameraParts.of(editor.edit(editor.read(before.text), edits));
    const isLast = to === reading.entries.length;
    if (!after?.stands(header, isLast && end === text.length)) return undefined;
    const ids = idsAfter(own.map(idOf), edits);
    if (!sameJson(after.reading.entries.map(idOf), ids)) return undefined;
    const entries = [...reading.entries.slice(0, from), ...after.reading.entries, ...reading.entries.slice(to)];
    const bytes = size.bytes - before.size.bytes + after.size.bytes;
    const nodes = size.nodes - before.size.nodes + after.size.nodes;
    if (!isWithinLimits(entries.length, { bytes, nodes })) return undefined;
    const [shift, grown] = [start - header.length, after.text.length - before.text.length];
    const ends = starts.slice(isLast ? to + 1 : to).map((at) => at + grown);
    const inside = (isLast ? after.starts : after.starts.slice(0, -1)).map((at) => at + shift);
    const places = own.length === ids.length ? this.places : new Map(entries.map((fields, i) => [idOf(fields), i]));
    return new CameraParts(
      text.slice(0, start) + after.text.slice(header.length) + text.slice(end),
      { ...reading, entries },
      [...starts.slice(0, from), ...inside, ...ends],
      places,
      { bytes, nodes },
    );
  }

  /** Whether lines of a file can be replaced by these behind their header; `atEnd`: nothing follows them. */
  private stands(header: string, atEnd: boolean): boolean {
    const { text, starts } = this;
    const ends = atEnd || lineStart(text, text.length) === text.length;
    return text.startsWith(header) && starts[0] === header.length && ends && !MARKER.test(text);
  }
}

function idsAfter(ids: readonly string[], edits: readonly ConfigEdit[]): string[] {
  const removed = new Set(edits.flatMap((edit) => (edit.kind === 'remove' ? [edit.id] : [])));
  const added = edits.flatMap((edit) => (edit.kind === 'add' ? [idOf(edit.fields)] : []));
  return [...ids.filter((id) => !removed.has(id)), ...added];
}

const isWithinLimits = (cameras: number, { bytes, nodes }: Size): boolean =>
  cameras <= MAX_CAMERAS && bytes <= MAX_BYTES && nodes * PER_NODE < Math.min(MAX_EVENTS, MAX_NODES);

/** Keys and values in a tree; undefined where a part of it may stand for another. */
function nodesIn(root: LocatedNode): number | undefined {
  let nodes = 0;
  const todo: LocatedNode[] = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    nodes += 1;
    if (node.kind === 'alias' || node.anchor) return undefined;
    if (node.kind === 'list') for (const item of node.items) todo.push(item.node);
    if (node.kind === 'map') for (const { key, value } of node.pairs) todo.push(key, value);
  }
  return nodes;
}
