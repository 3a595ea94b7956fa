import type { AlertEvent, CameraCondition } from '../../domain/alerts/alert-input';

/** An event in the order in which it was taken in; `at` in milliseconds since 1970. */
export interface FedEvent {
  readonly seq: number;
  readonly at: number;
  readonly event: AlertEvent;
}

/** A camera whose process began to run, failed, or is not wanted any more. */
export interface CameraChange {
  readonly seq: number;
  readonly at: number;
  readonly cameraId: string;
  readonly condition: CameraCondition;
}

/** Events of a dry run: after a place in the order, within a time, of one camera or of all. */
export interface StoredSpan {
  readonly after: number;
  readonly from: number;
  readonly to: number;
  readonly cameraId: string | undefined;
}

/** How far there is something; `watchedUntil`: up to when the changes of cameras are complete, in milliseconds since 1970. */
export interface FeedEnds {
  readonly events: number;
  readonly cameraChanges: number;
  readonly watchedUntil: number;
}

/** Everything the rules are evaluated over. */
export interface AlertFeed {
  ends(): Promise<FeedEnds>;
  events(after: number, limit: number): Promise<FedEvent[]>;
  stored(span: StoredSpan, limit: number): Promise<FedEvent[]>;
  cameraChanges(after: number, limit: number): Promise<CameraChange[]>;
  /** All up to a time, oldest first. */
  storedCameraChanges(to: number): Promise<CameraChange[]>;
}

/** Both in the order of time, each keeping its own; of the same moment the camera first. */
export function inOrder(events: readonly FedEvent[], changes: readonly CameraChange[]): (FedEvent | CameraChange)[] {
  const merged: (FedEvent | CameraChange)[] = [];
  let next = 0;
  for (const event of events) {
    for (let change = changes[next]; change && change.at <= event.at; change = changes[++next]) merged.push(change);
    merged.push(event);
  }
  return [...merged, ...changes.slice(next)];
}
