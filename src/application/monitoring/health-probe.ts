import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import type { Log } from '../shared/log';
import { within } from '../shared/within';

export interface ProbeResult {
  readonly status: 'ok' | 'degraded' | 'inconsistent' | 'error';
  /** For people; free of secrets, addresses and paths. */
  readonly error?: string;
  readonly details?: JsonObject;
}

/** One part of the service that can be asked how it is. */
export interface HealthProbe {
  readonly name: string;
  check(): Promise<ProbeResult>;
}

export const healthy = (details?: JsonObject): ProbeResult => ({ status: 'ok', ...(details ? { details } : {}) });

/** What a probe says within its time. One that throws or hangs is an error, and the others are not kept waiting. */
export function checkWithin(probe: HealthProbe, ms: number, log: Log): Promise<ProbeResult> {
  const failed = (error: unknown): ProbeResult => {
    log.debug(`the check of ${probe.name} failed`, { error });
    return { status: 'error', error: error instanceof DomainError ? error.message : 'failed, see the log' };
  };
  return within(ms, probe.check().catch(failed), () => ({ status: 'error', error: 'timed out' }));
}
