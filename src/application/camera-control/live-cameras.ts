import type { Desired, DesiredStates } from '../../domain/camera-control/process-rules';
import { type Camera, type CameraRepository, CAMERA_DEFAULTS } from '../../domain/cameras/camera';
import { maskAddress } from '../../domain/cameras/camera-secrets';
import type { JsonObject } from '../../domain/shared/json';
import type { CameraControlPort, ProcessStatus } from './camera-control-port';
import { isWanted } from './camera-controller';
import type { CameraSupervisor } from './camera-supervisor';
import type { ProcessView } from './process-view';

/** The state of a camera as dashboards follow it; times in milliseconds since 1970. */
export interface LiveCamera extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly since: number;
  readonly wanted: Desired;
  readonly active: boolean;
  /** 0 without a process. */
  readonly pid: number;
  readonly restarts: number;
  readonly next_try_at: number | null;
  readonly fps: number | null;
  readonly expected_fps: number;
  readonly last_frame_at: number | null;
  readonly motion: boolean | null;
}

export interface OverviewQuery {
  /** Text in the id, the name or the location, in any case. */
  readonly q?: string;
  readonly state?: string;
  /** The last id of the page before. */
  readonly cursor?: string;
  readonly limit: number;
}

/** As little as a list of thousands of cameras needs; secrets masked. */
export interface OverviewRow {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly active: boolean;
  readonly state: string;
}

type Unstated = Omit<OverviewRow, 'state'>;

/** A new picture alone is told of less often the more cameras there are. */
const STEP_MS = { few: 1_000, many: 5_000 };
const MANY = 100;

interface LiveSources {
  readonly cameras: Pick<CameraRepository, 'all'>;
  readonly desired: Pick<DesiredStates, 'all'>;
  /** Undefined while another service of the site controls the cameras. */
  readonly supervisor: () => CameraSupervisor | undefined;
  /** Asked for the states while another service controls the cameras. */
  readonly elsewhere: Pick<CameraControlPort, 'batchStatus'>;
}

type Process = Pick<ProcessView, 'state' | 'reason' | 'since' | 'pid' | 'restarts' | 'next_try_at' | 'said'>;

/** People number their cameras: 9 comes before 10. Ids that count as equal are ordered by their letters. */
const NUMERIC = new Intl.Collator('en', { numeric: true });
const byId = (a: string, b: string): number => NUMERIC.compare(a, b) || (a < b ? -1 : Number(a > b));

function overviewRow({ id, active, fields, settings }: Camera): Unstated {
  const location = typeof fields.location === 'string' ? fields.location : CAMERA_DEFAULTS.location;
  return { id, name: maskAddress(settings.name), location: maskAddress(location), active };
}

/** What a camera is shown as, and what that was made of. */
interface Row {
  readonly camera: Camera;
  readonly process: Process;
  readonly isRunning: boolean;
  readonly shown: LiveCamera;
}

function shown({ id, active, settings }: Camera, process: Process, isRunning: boolean, step: number): LiveCamera {
  const last = process.said?.lastFrameAt;
  return {
    id,
    name: settings.name,
    state: process.state,
    reason: process.reason,
    since: Date.parse(process.since),
    wanted: isRunning ? 'running' : 'stopped',
    active,
    pid: process.pid,
    restarts: process.restarts,
    next_try_at: process.next_try_at?.getTime() ?? null,
    fps: process.said?.fps === undefined ? null : Math.round(process.said.fps * 10) / 10,
    expected_fps: settings.expectedFps,
    last_frame_at: last === undefined ? null : Math.floor(last / step) * step,
    motion: process.said?.motion ?? null,
  };
}

/** The state of every camera, read from memory where this service controls them. */
export class LiveCameras {
  /** In order, for as long as the cameras are the same: sorting thousands takes longer than the rest. */
  private ordered: { readonly of: readonly Camera[]; readonly rows: readonly Unstated[] } | undefined;

  /** As they were last: of thousands, most are as they were. */
  private rows: ReadonlyMap<string, Row> = new Map();

  constructor(private readonly from: LiveSources) {}

  /** A page of the cameras by id, and how many of those that fit are in which state, whatever `state` is asked for. */
  async overview({ q = '', state, cursor, limit }: OverviewQuery) {
    const [cameras, processOf] = await Promise.all([this.from.cameras.all(), this.processes()]);
    if (this.ordered?.of !== cameras)
      this.ordered = { of: cameras, rows: cameras.map(overviewRow).sort((a, b) => byId(a.id, b.id)) };
    const wanted = q.toLowerCase();
    const fitting = this.ordered.rows
      .filter(({ id, name, location }) => [id, name, location].some((text) => text.toLowerCase().includes(wanted)))
      .map((row): OverviewRow => ({ ...row, state: processOf(row.id).state }));
    const counts: Record<string, number> = {};
    for (const row of fitting) counts[row.state] = (counts[row.state] ?? 0) + 1;
    const shown = state === undefined ? fitting : fitting.filter((row) => row.state === state);
    // Not by position: cameras come and go between two pages.
    const rest = cursor === undefined ? shown : shown.filter(({ id }) => byId(id, cursor) > 0);
    const page = rest.slice(0, limit);
    const next_cursor = rest.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { cameras: page, counts, total: shown.length, next_cursor };
  }

  /** Throws `camera_control.elsewhere` while the control changes hands. */
  async all(): Promise<ReadonlyMap<string, LiveCamera>> {
    const [cameras, desired] = await Promise.all([this.from.cameras.all(), this.from.desired.all()]);
    const processOf = await this.processes();
    const step = cameras.length > MANY ? STEP_MS.many : STEP_MS.few;
    const rows = new Map<string, Row>();
    for (const camera of cameras) {
      const [process, isRunning] = [processOf(camera.id), isWanted(camera, desired.get(camera.id))];
      const before = this.rows.get(camera.id);
      const isSame = before?.camera === camera && before.process === process && before.isRunning === isRunning;
      rows.set(
        camera.id,
        isSame ? before : { camera, process, isRunning, shown: shown(camera, process, isRunning, step) },
      );
    }
    this.rows = rows;
    return new Map([...rows].map(([id, row]) => [id, row.shown]));
  }

  private async processes(): Promise<(id: string) => Process> {
    const supervisor = this.from.supervisor();
    if (supervisor) return (id) => supervisor.view(id);
    const states = await this.from.elsewhere.batchStatus({});
    return (id) => remote(states[id]);
  }
}

const remote = (status: ProcessStatus | undefined): Process => ({
  state: (status?.state ?? 'stopped') as Process['state'],
  reason: (status?.reason ?? null) as Process['reason'],
  since: status?.since ?? new Date(0).toISOString(),
  pid: status?.pid ?? 0,
  restarts: status?.restarts ?? 0,
  next_try_at: null,
  said: null,
});
