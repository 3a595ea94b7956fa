import type { Desired, DesiredStates } from '../../domain/camera-control/process-rules';
import type { Camera, CameraRepository } from '../../domain/cameras/camera';
import { Unavailable } from '../../domain/shared/domain-error';
import type { Log } from '../shared/log';
import type { CameraSupervisor } from './camera-supervisor';
import { type WorkerSettings, fingerprint } from './worker-host';

/**
 * Whether a camera's process should run: never while it is inactive; otherwise the desired state that people last set,
 * and without one `auto_start`. The same after a crash, after a clean restart, and when the file changes.
 */
export const isWanted = (camera: Camera, desiredState: Desired | undefined): boolean =>
  camera.active && (desiredState === undefined ? camera.settings.autoStart : desiredState === 'running');

/** The settings of a camera's worker; a change of anything else restarts nothing. */
export function settingsOf({ id, settings }: Camera): WorkerSettings {
  const { source, expectedFps, env, regionsFile, profile, device, imageSize, resolution } = settings;
  const options = { regions_file: regionsFile, profile, device, imgsz: imageSize, resolution };
  return { id, source, expectedFps, env, options };
}

/**
 * The control of the site's cameras, while this service has it: exactly one service of a site does, or a camera would
 * have two processes.
 */
export class CameraController {
  private current?: CameraSupervisor;
  private seen = -1;

  constructor(
    private readonly cameras: Pick<CameraRepository, 'all'>,
    private readonly desired: DesiredStates,
    private readonly newestRevision: () => Promise<number>,
    private readonly supervise: () => CameraSupervisor,
    private readonly log: Log,
  ) {}

  get controls(): boolean {
    return this.current !== undefined;
  }

  /** Throws `camera_control.elsewhere` while another service has the control. */
  readonly supervisor = (): CameraSupervisor => {
    if (this.current) return this.current;
    const message =
      'The cameras are controlled by another service of this site, or the control is just changing hands: try again.';
    throw new Unavailable('camera_control.elsewhere', message, 'not-started');
  };

  /** Takes over live workers of an earlier run, and starts what should run. */
  async take(): Promise<void> {
    const supervisor = this.supervise();
    const wanted = await this.wanted();
    const adopted = await supervisor.adopt(wanted);
    this.current = supervisor;
    if (adopted.length > 0) this.log.info('took over running detection processes', { cameras: adopted });
    const news = wanted.filter((settings) => !adopted.includes(settings.id));
    await Promise.all(news.map((settings) => supervisor.start(settings)));
  }

  /** `keepWorkers`: the next controller takes over the running workers. */
  async leave(keepWorkers = false): Promise<void> {
    const supervisor = this.current;
    this.current = undefined;
    this.seen = -1;
    await supervisor?.close({ stopWorkers: !keepWorkers });
  }

  /** Follows the configuration: only processes whose own settings changed are restarted. */
  async follow(): Promise<void> {
    const supervisor = this.current;
    if (!supervisor) return;
    const revision = await this.newestRevision();
    if (revision === this.seen) return;
    supervisor.apply((await this.cameras.all()).filter((c) => c.active).map(settingsOf));
    const idle = (await this.wanted()).filter(({ id }) => supervisor.view(id).state === 'stopped');
    await Promise.all(idle.map((settings) => supervisor.start(settings)));
    this.seen = revision;
  }

  /** What becomes of the processes when these cameras become those: of what should run, whichever service has the control. */
  async forecast(before: readonly Camera[], after: readonly Camera[]) {
    const desired = await this.desired.all();
    const running = (cameras: readonly Camera[]) =>
      new Map(cameras.filter((c) => isWanted(c, desired.get(c.id))).map((c) => [c.id, fingerprint(settingsOf(c))]));
    const [now, then] = [running(before), running(after)];
    const stays = (id: string) => now.has(id) && then.has(id);
    return {
      restarts: [...then.keys()].filter((id) => stays(id) && now.get(id) !== then.get(id)),
      starts: [...then.keys()].filter((id) => !now.has(id)),
      stops: [...now.keys()].filter((id) => !then.has(id)),
    };
  }

  private async wanted() {
    const [cameras, desired] = await Promise.all([this.cameras.all(), this.desired.all()]);
    return cameras.filter((c) => isWanted(c, desired.get(c.id))).map(settingsOf);
  }
}
