/** All attempts of one operation on one path since this process started, for whatever reason they took it. */
export interface PathTotal {
  readonly operation: string;
  readonly path: 'domain' | 'legacy';
  readonly ok: number;
  readonly reject: number;
  readonly failure: number;
  /** Calls per histogram bucket of their milliseconds, failed ones included. */
  readonly histogram: Readonly<Record<string, number>>;
}
