import type { CameraEntry } from './camera-entry';
import type { ListNode, Pair } from './located-node';

/** The list of cameras in the text, and the top-level pair it stands in. */
export interface CameraList {
  readonly pair: Pair;
  readonly list: ListNode;
  readonly entries: readonly CameraEntry[];
  /** Whether the top level itself is written in braces, so that nothing in it can have lines of its own. */
  readonly inFlow: boolean;
}
