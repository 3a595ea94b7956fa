import type { WordedAlert } from '../../domain/alerts/alert-wording';
import type { Channel } from '../../domain/alerts/alert-recipients';
import type { KeptState } from '../../domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../domain/alerts/rule-state';

/** How far the rules were evaluated. */
export interface EvaluationCursor {
  /** One more with every step that was stored. */
  readonly version: number;
  readonly eventSeq: number;
  readonly cameraSeq: number;
  /** Up to when time was told, in milliseconds since 1970. */
  readonly evaluated: number;
}

/** Whom to tell, and how; an empty target is whatever is configured for the channel. */
export interface Notice {
  readonly channel: Channel;
  readonly target: string;
}

/** One step of the evaluation: stored as a whole, or not at all. */
export interface EvaluationStep {
  readonly to: EvaluationCursor;
  readonly changed: readonly KeptState[];
  readonly gone: readonly KeptState[];
  readonly alerts: readonly { readonly alert: WordedAlert; readonly notices: readonly Notice[] }[];
}

export interface EvaluationStart {
  readonly cursor: EvaluationCursor;
  readonly states: readonly KeptState[];
  readonly cameras: ReadonlyMap<string, KnownCamera>;
}

export interface EvaluationStore {
  load(): Promise<EvaluationStart>;
  /** False when somebody else stored a step in between: this evaluator knows too little, and has stored nothing. */
  commit(step: EvaluationStep): Promise<boolean>;
}
