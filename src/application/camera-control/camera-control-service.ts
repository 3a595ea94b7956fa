import type { DesiredStates } from '../../domain/camera-control/process-rules';
import type { Camera, CameraRepository } from '../../domain/cameras/camera';
import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock } from '../shared/log';
import type { CameraControlPort, ControlKey, LogPage, LogQuery, ProcessStatus, Started } from './camera-control-port';
import { isWanted, settingsOf } from './camera-controller';
import type { CameraPreviews } from './camera-previews';
import type { CameraSupervisor } from './camera-supervisor';
import type { ProcessView } from './process-view';

/** The rest of the site, as far as the control of cameras needs it. */
export interface ControlDependencies {
  readonly cameras: CameraRepository;
  readonly desired: DesiredStates;
  /** Throws `Unavailable` while another service of this site controls the cameras. */
  readonly supervisor: () => CameraSupervisor;
  /** Sets flags of a camera, by the change of the path. */
  readonly configure: (cameraId: string, fields: JsonObject) => Promise<unknown>;
  /** Reconciles table and file; answers the revision. */
  readonly refresh: () => Promise<number>;
  readonly previews: CameraPreviews;
  /** Counters that the worker reports; undefined while there are none. */
  readonly counters: (cameraId: string) => Promise<JsonObject | undefined>;
  /** Lines of a log; undefined when there is none. Throws `camera.log_cursor_unknown`. */
  readonly logPage: (log: string, query: LogQuery) => Promise<LogPage | undefined>;
  readonly clock: Clock;
}

/** Starts, stops and shows detection processes, and sets the flags that say whether they may and should run. */
export class CameraControlService implements CameraControlPort {
  constructor(private readonly site: ControlDependencies) {}

  async start({ camera_id }: ControlKey): Promise<Started> {
    const camera = await this.active(camera_id);
    const supervisor = this.site.supervisor();
    await this.site.desired.set(camera_id, 'running');
    return started(await supervisor.start(settingsOf(camera)));
  }

  async stop({ camera_id }: ControlKey): Promise<ProcessStatus> {
    await this.find(camera_id);
    const supervisor = this.site.supervisor();
    await this.site.desired.set(camera_id, 'stopped');
    return statusOf(await supervisor.stop(camera_id), 'stopped');
  }

  async restart({ camera_id }: ControlKey): Promise<Started> {
    const camera = await this.active(camera_id);
    const supervisor = this.site.supervisor();
    await this.site.desired.set(camera_id, 'running');
    return started(await supervisor.restart(settingsOf(camera)));
  }

  async status({ camera_id }: ControlKey): Promise<ProcessStatus> {
    const [camera, desired] = await Promise.all([this.find(camera_id), this.site.desired.all()]);
    const wanted = isWanted(camera, desired.get(camera_id)) ? 'running' : 'stopped';
    return statusOf(this.site.supervisor().view(camera_id), wanted);
  }

  async batchStatus({ camera_ids }: { camera_ids?: readonly string[] | null }): Promise<Record<string, ProcessStatus>> {
    const [cameras, desired] = await Promise.all([this.site.cameras.all(), this.site.desired.all()]);
    const wanted = new Set(cameras.filter((c) => isWanted(c, desired.get(c.id))).map((c) => c.id));
    const ids = camera_ids && camera_ids.length > 0 ? camera_ids : cameras.map((c) => c.id);
    const supervisor = this.site.supervisor();
    return Object.fromEntries(
      ids.map((id) => [id, statusOf(supervisor.view(id), wanted.has(id) ? 'running' : 'stopped')]),
    );
  }

  async activate({ camera_id }: ControlKey) {
    await this.site.configure(camera_id, { active: true });
    return { ok: true as const, camera_id, active: true };
  }

  /** Stops the process first, so that no process runs that must not. */
  async deactivate({ camera_id }: ControlKey) {
    await this.find(camera_id);
    const supervisor = this.site.supervisor();
    const { running } = supervisor.view(camera_id);
    await this.site.desired.set(camera_id, 'stopped');
    await supervisor.stop(camera_id);
    await this.site.configure(camera_id, { active: false, auto_start: false });
    return { ok: true as const, camera_id, active: false, stopped: running };
  }

  async setAutoStart({ camera_id, auto_start }: ControlKey & { auto_start: boolean }) {
    if (auto_start) await this.active(camera_id);
    await this.site.configure(camera_id, { auto_start });
    return { ok: true as const, camera_id, auto_start };
  }

  async preview({ camera_id }: ControlKey) {
    return this.site.previews.show(await this.find(camera_id));
  }

  async stats({ camera_id }: ControlKey) {
    await this.find(camera_id);
    const { running, pid, log } = this.site.supervisor().view(camera_id);
    const said = running ? await this.site.counters(camera_id) : undefined;
    return { camera_id, running, pid, log_file: fileName(log), stats: { ...NO_COUNTERS, ...said } };
  }

  async logs({ camera_id, ...query }: ControlKey & LogQuery) {
    await this.find(camera_id);
    const { log } = this.site.supervisor().view(camera_id);
    const page = (await this.site.logPage(log, query)) ?? { lines: [], before: null, after: null };
    return { camera_id, log_file: fileName(log), total_lines: page.lines.length, ...page };
  }

  async refresh() {
    const revision = await this.site.refresh();
    const timestamp = this.site.clock().toISOString();
    return { status: 'success' as const, message: 'All cameras refreshed', timestamp, revision };
  }

  private async find(id: string): Promise<Camera> {
    const camera = await this.site.cameras.get(id);
    if (camera) return camera;
    throw new DomainError('camera.not_found', `There is no camera "${id}".`, { params: { id } });
  }

  private async active(id: string): Promise<Camera> {
    const camera = await this.find(id);
    if (camera.active) return camera;
    throw new DomainError('camera.inactive', `Camera "${id}" is inactive: activate it first.`, { params: { id } });
  }
}

/** The folder on this machine is not shown. */
const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? '';

const NO_COUNTERS = {
  total_frames: 0,
  processed_frames: 0,
  detected_persons: 0,
  detected_hairnets: 0,
  detected_handwash: 0,
  avg_fps: 0,
  avg_detection_time: 0,
  last_detection_time: null,
};

const statusOf = (view: ProcessView, desired_state: 'running' | 'stopped'): ProcessStatus => {
  const { running, pid, state, since, restarts, last_exit, reason } = view;
  const log = fileName(view.log);
  const exit = last_exit && (last_exit.signal ?? `code ${last_exit.code}`);
  return { ok: true, running, pid, log, desired_state, state, since, restarts, last_exit: exit, reason };
};

const started = (view: ProcessView): Started => ({ ...statusOf(view, 'running'), cmd: view.cmd });
