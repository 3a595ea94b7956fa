import type { JsonObject } from '../../domain/shared/json';
import type { Media } from '../shared/media';

export interface ControlKey {
  readonly camera_id: string;
}

/** The detection process of one camera: its desired and its actual state. */
export interface ProcessStatus {
  readonly ok: true;
  readonly running: boolean;
  /** 0 while nothing runs. */
  readonly pid: number;
  /** Where the process writes to. */
  readonly log: string;
  readonly desired_state: 'running' | 'stopped';
  readonly state: string;
  readonly since: string;
  readonly restarts: number;
  readonly last_exit: string | null;
  /** The reason for its state, where there is one. */
  readonly reason: string | null;
}

export type Started = ProcessStatus & { readonly cmd?: readonly string[] };

export interface CameraStats {
  readonly camera_id: string;
  readonly running: boolean;
  readonly pid: number;
  readonly log_file: string;
  /** Counters of the worker since it started. */
  readonly stats: JsonObject;
}

/** Which lines of a log; without a cursor the last ones. */
export interface LogQuery {
  readonly lines: number;
  /** `before` of the page that shows what came later. */
  readonly before?: string;
  /** `after` of the page that shows what came earlier: what came since then. */
  readonly after?: string;
  /** Only lines with this text, in any case, as they are shown. */
  readonly contains?: string;
}

export interface LogPage {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** Cursor of the first line; null without one. */
  readonly before: string | null;
  /** Cursor of the last line, or the one that was sent where nothing came since; null without any. */
  readonly after: string | null;
}

export interface CameraLog extends LogPage {
  readonly camera_id: string;
  readonly log_file: string;
  readonly total_lines: number;
}

/** Detection processes, and the flags that say whether they may and should run. */
export interface CameraControlPort {
  start(key: ControlKey): Promise<Started>;
  stop(key: ControlKey): Promise<ProcessStatus>;
  restart(key: ControlKey): Promise<Started>;
  status(key: ControlKey): Promise<ProcessStatus>;
  batchStatus(which: { readonly camera_ids?: readonly string[] | null }): Promise<Record<string, ProcessStatus>>;
  activate(key: ControlKey): Promise<{ ok: true; camera_id: string; active: boolean }>;
  deactivate(key: ControlKey): Promise<{ ok: true; camera_id: string; active: boolean; stopped: boolean }>;
  setAutoStart(
    wish: ControlKey & { readonly auto_start: boolean },
  ): Promise<{ ok: true; camera_id: string; auto_start: boolean }>;
  /** A JPEG of the present moment; also for inactive cameras. */
  preview(key: ControlKey): Promise<Media>;
  stats(key: ControlKey): Promise<CameraStats>;
  logs(page: ControlKey & LogQuery): Promise<CameraLog>;
  refresh(nothing: object): Promise<{ status: 'success'; message: string; timestamp: string; revision: number }>;
}
