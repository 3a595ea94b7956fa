import type { Desired, DesiredStates } from '../../domain/camera-control/process-rules';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
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

/** The state of every camera, read from memory where this service controls them. */
export class LiveCameras {
  constructor(private readonly from: LiveSources) {}

  /** Throws `camera_control.elsewhere` while the control changes hands. */
  async all(): Promise<ReadonlyMap<string, LiveCamera>> {
    const [cameras, desired] = await Promise.all([this.from.cameras.all(), this.from.desired.all()]);
    const processOf = await this.processes();
    const step = cameras.length > MANY ? STEP_MS.many : STEP_MS.few;
    return new Map(
      cameras.map((camera) => {
        const { id, active, settings } = camera;
        const process = processOf(id);
        const last = process.said?.lastFrameAt;
        return [
          id,
          {
            id,
            name: settings.name,
            state: process.state,
            reason: process.reason,
            since: Date.parse(process.since),
            wanted: isWanted(camera, desired.get(id)) ? 'running' : 'stopped',
            active,
            pid: process.pid,
            restarts: process.restarts,
            next_try_at: process.next_try_at?.getTime() ?? null,
            fps: process.said?.fps === undefined ? null : Math.round(process.said.fps * 10) / 10,
            expected_fps: settings.expectedFps,
            last_frame_at: last === undefined ? null : Math.floor(last / step) * step,
            motion: process.said?.motion ?? null,
          },
        ];
      }),
    );
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
