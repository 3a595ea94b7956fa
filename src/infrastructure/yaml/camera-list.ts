import type { CameraEntry } from './camera-entry';
import type { ListNode, Pair } from './located-node';

/** The list of cameras in the text, and the top-level pair it stands in. */
export interface CameraList {
  readonly pair: Pair;
  readonly list: ListNode;
  /** By their index in the list; an item that is no map is not among them. */
  readonly entries: ReadonlyMap<number, CameraEntry>;
  /** The items that the cameras of the reading are, and those that its faulty entries are. */
  readonly items: { readonly cameras: readonly number[]; readonly faulty: readonly number[] };
  /** Whether the top level itself is written in braces, so that nothing in it can have lines of its own. */
  readonly inFlow: boolean;
}
