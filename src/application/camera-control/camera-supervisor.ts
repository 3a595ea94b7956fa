import { DEFAULT_RULES, type ProcessRules } from '../../domain/camera-control/process-rules';
import type { Log } from '../shared/log';
import { FrameCounts } from './frame-counts';
import type { ProcessView } from './process-view';
import { type CameraDependencies, SupervisedCamera } from './supervised-camera';
import type { Timers, WorkerHost, WorkerSettings } from './worker-host';

const LOOK_MS = 500;
/** Views of cameras that were never started, kept to be given again. */
const MOST_STRANGERS = 20_000;

const spread = (delay: number): number => delay * (0.8 + Math.random() * 0.4);

/**
 * All workers of this site. Every answer is the final state of the camera, even if another caller's request decided it.
 */
export class CameraSupervisor {
  private readonly cameras = new Map<string, SupervisedCamera>();
  private readonly at: CameraDependencies;
  private readonly firstSeen: string;
  private readonly strangers = new Map<string, ProcessView>();
  private pause: () => void = () => undefined;
  private closed = false;
  private looking = true;

  constructor(
    private readonly host: WorkerHost,
    private readonly timers: Timers,
    private readonly log: Log,
    rules: Partial<ProcessRules> = {},
    /** Outlives the supervision: the control may go to another service and come back. */
    frames = new FrameCounts(),
    /** Whether this node has the camera: what was asked for may come when it has it no more. */
    private readonly mayRun: (id: string) => boolean = () => true,
  ) {
    this.at = { host, timers, log, rules: { ...DEFAULT_RULES, jitter: spread, ...rules }, frames };
    this.firstSeen = timers.wall().toISOString();
    this.lookAgain();
  }

  async start(settings: WorkerSettings): Promise<ProcessView> {
    return this.closed || !this.mayRun(settings.id) ? this.view(settings.id) : this.camera(settings).start(settings);
  }

  async stop(id: string): Promise<ProcessView> {
    return this.cameras.get(id)?.stop() ?? this.view(id);
  }

  async restart(settings: WorkerSettings): Promise<ProcessView> {
    return this.closed || !this.mayRun(settings.id) ? this.view(settings.id) : this.camera(settings).restart(settings);
  }

  /** Any id is accepted: a camera that was never started is shown as stopped. */
  view(id: string): ProcessView {
    return this.cameras.get(id)?.view ?? this.neverStarted(id);
  }

  views(): ReadonlyMap<string, ProcessView> {
    return new Map([...this.cameras].map(([id, camera]) => [id, camera.view]));
  }

  /**
   * The settings of all cameras: a worker restarts if its own changed, and ends if its camera was deleted. Returns the
   * ids of those restarted.
   */
  apply(all: readonly WorkerSettings[]): string[] {
    const known = new Set(all.map(({ id }) => id));
    for (const id of this.cameras.keys()) if (!known.has(id)) void this.forget(id);
    return all.filter((settings) => this.cameras.get(settings.id)?.change(settings)).map(({ id }) => id);
  }

  /**
   * Takes over the workers that an earlier run left alive. `wanted`: the cameras that should run; any other worker
   * ends, one with other settings restarts. Returns the ids of those taken over.
   */
  async adopt(wanted: readonly WorkerSettings[]): Promise<string[]> {
    const settings = new Map(wanted.map((each) => [each.id, each]));
    const survivors = await this.host.survivors();
    for (const live of survivors) {
      const { id } = live.worker;
      const known = settings.get(id);
      const camera = this.camera(known ?? { id, source: '', expectedFps: 0, env: {}, options: {} });
      camera.adopt(live);
      if (known) camera.change(known);
      else void this.forget(id);
    }
    return survivors.map(({ worker }) => worker.id).filter((id) => settings.has(id));
  }

  /** Ends the supervision; the workers go on unless they are to be stopped. */
  async close({ stopWorkers }: { stopWorkers: boolean }): Promise<void> {
    this.closed = true;
    const all = [...this.cameras.values()];
    if (stopWorkers) await Promise.all(all.map((camera) => camera.stop()));
    // Not earlier: without these passes the supervision would conclude that the program stood still, and kill no worker
    // in time.
    this.looking = false;
    this.pause();
    await Promise.all(all.map((camera) => camera.release()));
  }

  private camera(settings: WorkerSettings): SupervisedCamera {
    const known = this.cameras.get(settings.id) ?? new SupervisedCamera(settings, this.at);
    this.cameras.set(settings.id, known);
    return known;
  }

  private async forget(id: string): Promise<void> {
    const camera = this.cameras.get(id);
    const view = await camera?.stop();
    // It may have been started again meanwhile.
    if (view?.state === 'stopped' && this.cameras.get(id) === camera) this.cameras.delete(id);
  }

  /** The same object each time: dashboards look at thousands of them several times a second. */
  private neverStarted(id: string): ProcessView {
    const seen = this.strangers.get(id);
    if (seen) return seen;
    const nothing = { running: false, pid: 0, state: 'stopped', restarts: 0, last_exit: null, reason: null } as const;
    const more = { next_try_at: null, said: null, since: this.firstSeen, log: this.host.logPath(id), cmd: [] };
    const view = { ...nothing, ...more };
    // Any id is accepted, so that whoever asks could fill the memory.
    if (this.strangers.size >= MOST_STRANGERS) this.strangers.clear();
    this.strangers.set(id, view);
    return view;
  }

  private lookAgain(): void {
    if (!this.looking) return;
    this.pause = this.timers.after(LOOK_MS, () => {
      void this.look().then(() => this.lookAgain());
    });
  }

  private async look(): Promise<void> {
    const looks = [...this.cameras].map(async ([id, camera]) => {
      await camera.look();
      await this.host.tendLog(id).catch((error: unknown) => {
        this.log.warn('A log cannot be kept small', { camera: id, error });
      });
    });
    await Promise.all(looks);
  }
}
