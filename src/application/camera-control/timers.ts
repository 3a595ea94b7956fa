/** Time as the control of workers needs it. */
export interface Timers {
  /** Milliseconds that never jump, whatever happens to the clock on the wall. */
  now(): number;
  wall(): Date;
  /** Runs the task once; the answer takes it back. */
  after(ms: number, task: () => void): () => void;
}
