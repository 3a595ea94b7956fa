/** What the worker says of itself every second; times in seconds since 1970. */
export interface WorkerStatus {
  readonly frames: number;
  /** Of the source, over the last five seconds; null in the first two. */
  readonly fps: number | null;
  readonly last_frame_at: number | null;
  readonly started_at: number;
  readonly state: 'running' | 'frozen';
  readonly detections: { readonly persons: number; readonly hairnets: number; readonly handwash: number };
  readonly motion: boolean;
  /** Trouble that did not end the worker, such as a full disk. */
  readonly error: string | null;
}
