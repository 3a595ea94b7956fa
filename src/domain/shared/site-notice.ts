import type { JsonObject } from './json';

/** Whom a notice is about that is about no camera; no camera can be called so. */
export const WHOLE_SITE = '*';

/** What people are to be told about the site itself, not about what a camera saw. */
export interface SiteNotice {
  /** The same for the same transition, however often and by whomever it is seen: it is told once. */
  readonly key: string;
  readonly type: string;
  /** `alert`: it happened. `recovery`: it is over. `news`: it asks for nothing. */
  readonly kind: 'alert' | 'recovery' | 'news';
  readonly priority: 'low' | 'medium' | 'high' | 'critical';
  readonly at: Date;
  /** What happened, and what to do. */
  readonly message: string;
  readonly details: JsonObject;
}
