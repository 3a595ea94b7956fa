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
  /** The same for people: since when each is as it is, and what to do. */
  readonly parts: readonly PartView[];
}

export interface PartView {
  readonly name: string;
  readonly status: ProbeResult['status'];
  /** Since when this service has seen it so. */
  readonly since: string;
  /** What is wrong; null where nothing more is known. */
  readonly detail: string | null;
  /** What to do; null where all is well. */
  readonly remedy: string | null;
}

const REMEDIES: Readonly<Record<string, string>> = {
  database: 'See whether PostgreSQL runs and can be reached; nothing that was confirmed is lost meanwhile.',
  domain_services: 'See the log for errors; the rollout takes groups back by itself.',
  camera_data_consistency: 'See GET /api/v1/cameras/config: the file differs from what is in force.',
  configuration: 'Make the folder of CAMERAS_FILE writable for this service, and mend the faults of the file.',
  journal: 'Make LOG_DIR writable, and see that its disk has room.',
  workers: 'See GET /api/v1/cameras/overview: some cameras should run and do not; their logs say why.',
  rollout: 'See GET /api/v1/rollout: a group was taken back, or another service does not follow.',
  disk: 'Make room on the disk of DATA_DIR and LOG_DIR.',
  alerts: 'See GET /api/v1/alerts/deliveries?status=dead, and put right what the attempts say.',
  ffmpeg: 'Install your distribution’s ffmpeg, or set FFMPEG_PATH.',
  captures: 'Make room on the disk of CAPTURES_DIR, or name another folder.',
};

const PROBE_WITHIN_MS = 1_000;
/** Longer than a request that waits for this may take. */
const READY_WITHIN_MS = 800;

/** Checks every component at once, and never waits longer than one deadline for all of them. */
export class MonitoringService {
  private readonly seen = new Map<string, { readonly status: ProbeResult['status']; readonly since: Date }>();

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
    const parts = [...found].map(([name, result]) => this.part(name, result));
    return { status: degraded ? 'degraded' : 'healthy', timestamp: this.clock().toISOString(), checks, parts };
  }

  private part(name: string, { status, error }: ProbeResult): PartView {
    const known = this.seen.get(name);
    const since = known?.status === status ? known.since : this.clock();
    this.seen.set(name, { status, since });
    const remedy = status === 'ok' ? null : (REMEDIES[name] ?? null);
    return { name, status, since: since.toISOString(), detail: error ?? null, remedy };
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
