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

/** The cameras that a node has: all of them where it is the only one. */
export type HeldCameras = 'all' | ReadonlySet<string>;

/**
 * The control of the cameras of this node, while this service has it: a camera is held by one node, and exactly one
 * service of a node controls, or a camera would have two processes.
 */
export class CameraController {
  private current?: CameraSupervisor;
  private seen = -1;
  private held: HeldCameras = 'all';

  constructor(
    private readonly cameras: Pick<CameraRepository, 'all'>,
    private readonly desired: DesiredStates,
    private readonly newestRevision: () => Promise<number>,
    private readonly supervise: (mayRun: (id: string) => boolean) => CameraSupervisor,
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

  /** Whether this service controls this very camera. */
  holds(id: string): boolean {
    return this.controls && this.isHeld(id);
  }

  /** Whether it controls cameras of the site of which others are held by other nodes. */
  get shares(): boolean {
    return this.held !== 'all';
  }

  /** Runs these cameras from now on, and no other. */
  async hold(held: HeldCameras): Promise<void> {
    const same = held === this.held || (held !== 'all' && this.held !== 'all' && areEqual(held, this.held));
    if (same) return;
    this.held = held;
    this.seen = -1;
    await this.follow();
  }

  /** Resolves when the worker of a camera has ended. */
  async end(id: string): Promise<void> {
    await this.current?.stop(id);
  }

  /** Takes over live workers of an earlier run, and starts what should run. */
  async take(): Promise<void> {
    const supervisor = this.supervise((id) => this.isHeld(id));
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
    const cameras = await this.cameras.all();
    supervisor.apply(cameras.filter((c) => c.active && this.isHeld(c.id)).map(settingsOf));
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
    return cameras.filter((c) => this.isHeld(c.id) && isWanted(c, desired.get(c.id))).map(settingsOf);
  }

  private isHeld(id: string): boolean {
    return this.held === 'all' || this.held.has(id);
  }
}

const areEqual = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));
