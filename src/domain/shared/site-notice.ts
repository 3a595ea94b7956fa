import type { JsonObject } from './json';

/** The camera id in notices about no camera; no camera can have it. */
export const WHOLE_SITE = '*';

/** A notice about the site itself, not about what a camera saw. */
export interface SiteNotice {
  /** Equal for the same transition, however often and by whichever service it is seen: it is sent once. */
  readonly key: string;
  readonly type: string;
  /** `alert`: it happened. `recovery`: it is over. `news`: no action is needed. */
  readonly kind: 'alert' | 'recovery' | 'news';
  readonly priority: 'low' | 'medium' | 'high' | 'critical';
  readonly at: Date;
  /** What happened, and what to do. */
  readonly message: string;
  readonly details: JsonObject;
}
