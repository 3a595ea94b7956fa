import type { AlertEvent } from './alert-input';
import type { WatchedRule } from './watched-rule';

const ANY = '*';
const VIOLATION = 'violation';

/** Finds the rules an event concerns by its camera and type, however many others there are. */
export class RuleIndex {
  private readonly byCamera = new Map<string, Map<string, WatchedRule[]>>();

  constructor(readonly rules: readonly WatchedRule[]) {
    for (const rule of rules.filter((r) => r.type !== 'camera_down')) {
      const camera = rule.cameraId ?? ANY;
      const byKey = this.byCamera.get(camera) ?? new Map<string, WatchedRule[]>();
      this.byCamera.set(camera, byKey);
      for (const key of keysOf(rule)) byKey.set(key, [...(byKey.get(key) ?? []), rule]);
    }
  }

  /** Every rule that takes notice of the event, each once. */
  matching(event: AlertEvent): WatchedRule[] {
    const found: WatchedRule[] = [];
    for (const camera of [event.cameraId, ANY]) {
      const byKey = this.byCamera.get(camera);
      if (!byKey) continue;
      const { type, label, violation } = event;
      add(found, byKey.get(`type:${type}`), event);
      // Found by its type already where both are the same.
      if (label !== undefined && label !== type) add(found, byKey.get(`type:${label}`), event);
      if (violation !== undefined) add(found, byKey.get(`${VIOLATION}:${violation}`), event);
      if (violation !== undefined) add(found, byKey.get(VIOLATION), event);
      add(found, byKey.get(ANY), event);
    }
    return found;
  }
}

function add(found: WatchedRule[], rules: readonly WatchedRule[] | undefined, event: AlertEvent): void {
  for (const rule of rules ?? []) {
    const { violationType, labels } = rule;
    if (violationType !== undefined && violationType !== event.violation) continue;
    // A rule may name both the type of an event and its label.
    const twice = labels.size > 1 && event.label !== undefined && event.label !== event.type && found.includes(rule);
    if (!twice) found.push(rule);
  }
}

/** Under which a rule is found: the types of event it names, else the violation, else whatever concerns its kind. */
function keysOf({ labels, violationType, type }: WatchedRule): string[] {
  if (labels.size > 0) return [...labels].map((label) => `type:${label}`);
  if (violationType !== undefined) return [`${VIOLATION}:${violationType}`];
  return [type === 'no_detection' ? ANY : VIOLATION];
}
