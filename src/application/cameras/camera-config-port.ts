import type { JsonObject } from '../../domain/shared/json';
import type { ConfigFault } from './cameras-file';

/** `in_sync`: file and table agree; `degraded`: the file has faults, the last good one is in force; `stale`: being brought together. */
export type ConfigState = 'in_sync' | 'degraded' | 'stale';

export interface ConfigStatus {
  readonly state: ConfigState;
  /** 0 while the file has never been valid. */
  readonly revision: number;
  /** Of the newest revision. */
  readonly sha256: string | null;
  /** Of the file as it is now; null when there is none. */
  readonly file_sha256: string | null;
  readonly cameras: number;
  readonly faults: readonly ConfigFault[];
  /** Entries with faults that the file had when it was taken over: they stay in it, and are no cameras. */
  readonly quarantined: readonly QuarantinedView[];
  readonly checked_at: string;
}

export interface QuarantinedView {
  /** By which it can be corrected or removed; null where it has none. */
  readonly id: string | null;
  readonly line: number;
  readonly column: number;
  readonly faults: readonly ConfigFault[];
}

export interface RevisionView {
  readonly number: number;
  readonly sha256: string;
  readonly origin: string;
  readonly author: string | null;
  readonly request_id: string | null;
  readonly at: string;
  /** Cameras touched. */
  readonly cameras: readonly string[];
}

export interface RevisionDetail extends RevisionView {
  /** The whole file, secrets masked. */
  readonly text: string;
  /** Unified diff against the revision before, secrets masked. */
  readonly diff: string;
  readonly changes: readonly JsonObject[];
}

export interface RevisionPage {
  readonly limit: number;
  readonly offset: number;
}

export interface RevisionKey {
  readonly number: number;
}

/** The camera configuration as a whole: its state and its history. */
export interface CameraConfigPort {
  status(nothing: object): Promise<ConfigStatus>;
  revisions(page: RevisionPage): Promise<{ revisions: RevisionView[]; total: number; limit: number; offset: number }>;
  revision(key: RevisionKey): Promise<RevisionDetail>;
  restore(key: RevisionKey): Promise<{ status: 'success'; restored: number; revision: number }>;
}
