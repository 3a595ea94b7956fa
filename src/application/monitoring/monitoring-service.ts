import type { Json, JsonObject } from '../../domain/shared/json';
import type { Clock, Log } from '../shared/log';
import { type HealthProbe, type ProbeResult, checkWithin } from './probes';
import type { Metrics, SiteMetrics } from './site-metrics';

/**
 * `checks` holds, per component, its state under its name, and `<name>_error` and `<name>_details` where there is more
 * to say.
 */
export interface Health {
  readonly status: 'healthy' | 'degraded';
  readonly timestamp: string;
  readonly checks: JsonObject;
}

const PROBE_WITHIN_MS = 1_000;
/** Longer than a request that waits for this may take. */
const READY_WITHIN_MS = 800;

/** Checks every component at once, and never waits longer than one deadline for all of them. */
export class MonitoringService {
  constructor(
    private readonly probes: readonly HealthProbe[],
    private readonly needed: readonly HealthProbe[],
    private readonly site: Pick<SiteMetrics, 'read'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async health(): Promise<Health> {
    const found = await this.parts();
    const degraded = [...found.values()].some(({ status }) => status !== 'ok');
    const checks: Record<string, Json> = {};
    for (const [name, result] of found) Object.assign(checks, entriesOf(name, result));
    return { status: degraded ? 'degraded' : 'healthy', timestamp: this.clock().toISOString(), checks };
  }

  /** Every component, or some of them, by name. */
  async parts(some?: readonly string[]): Promise<ReadonlyMap<string, ProbeResult>> {
    const probes = this.probes.filter(({ name }) => some?.includes(name) ?? true);
    return new Map(await this.ask(probes, PROBE_WITHIN_MS));
  }

  metrics(): Promise<Metrics> {
    return this.site.read();
  }

  /** The components without which no request can be served, as far as they fail; empty: ready. */
  async missing(): Promise<readonly string[]> {
    const found = await this.ask(this.needed, READY_WITHIN_MS);
    return found
      .filter(([, { status }]) => status !== 'ok')
      .map(([name, { error }]) => `${name}: ${error ?? 'failed'}`);
  }

  private ask(probes: readonly HealthProbe[], ms: number): Promise<(readonly [string, ProbeResult])[]> {
    return Promise.all(probes.map(async (probe) => [probe.name, await checkWithin(probe, ms, this.log)] as const));
  }
}

/** The old backend had its own terms for the consistency of the cameras. */
const PREFIXES: Readonly<Record<string, string>> = { camera_data_consistency: 'consistency' };

function entriesOf(name: string, { status, error, details }: ProbeResult): JsonObject {
  const prefix = PREFIXES[name] ?? name;
  const { issues, ...rest } = details ?? {};
  return {
    [name]: status,
    ...(error ? { [`${prefix}_error`]: error } : {}),
    ...(issues ? { [`${prefix}_issues`]: issues } : {}),
    ...(Object.keys(rest).length > 0 ? { [`${prefix}_details`]: rest } : {}),
  };
}
