import {
  type CameraProcess,
  type ProcessEffect,
  type ProcessEvent,
  step,
  stoppedProcess,
} from '../../domain/camera-control/camera-process';
import type { ProcessRules } from '../../domain/camera-control/process-rules';
import type { Log } from '../shared/log';
import type { FrameCounts } from './frame-counts';
import { type ProcessView, type Said, processView } from './process-view';
import {
  type LiveWorker,
  type Timers,
  type Worker,
  type WorkerHost,
  type WorkerSettings,
  fingerprint,
} from './worker-host';

export interface CameraDependencies {
  readonly host: WorkerHost;
  readonly timers: Timers;
  readonly log: Log;
  readonly rules: ProcessRules;
  readonly frames: FrameCounts;
}

/**
 * One camera's process: carries out the actions of its transitions. A transition is synchronous and records a spawn in
 * progress, so that commands need no queue: those that come in between change the desired state.
 */
export class SupervisedCamera {
  private process: CameraProcess;
  private since: Date;
  private worker: Worker | undefined;
  private said: Said | null = null;
  private released = false;
  private timer: () => void = () => undefined;
  private waiting: (() => void)[] = [];
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private settings: WorkerSettings,
    private readonly at: CameraDependencies,
  ) {
    this.process = stoppedProcess(at.timers.now());
    this.since = at.timers.wall();
  }

  get view(): ProcessView {
    const { timers, host } = this.at;
    return processView(this.process, {
      since: this.since,
      log: host.logPath(this.settings.id),
      cmd: this.worker?.cmd ?? [],
      said: this.said,
      dateOf: (at) => new Date(timers.wall().getTime() + at - timers.now()),
    });
  }

  start(settings: WorkerSettings): Promise<ProcessView> {
    if (this.process.desired === 'running' && this.change(settings)) return this.settled();
    this.settings = settings;
    this.feed({ kind: 'start-requested' });
    return this.settled();
  }

  stop(): Promise<ProcessView> {
    this.feed({ kind: 'stop-requested' });
    return this.settled();
  }

  restart(settings: WorkerSettings): Promise<ProcessView> {
    this.settings = settings;
    this.feed({ kind: 'stop-requested' });
    this.feed({ kind: 'start-requested' });
    return this.settled();
  }

  /** Applies new settings, and says whether the worker had to be restarted for them. */
  change(settings: WorkerSettings): boolean {
    const [before, after] = [this.worker?.fingerprint ?? fingerprint(this.settings), fingerprint(settings)];
    this.settings = settings;
    if (before === after || this.process.desired === 'stopped') return false;
    void this.restart(settings);
    return true;
  }

  adopt(live: LiveWorker): void {
    this.at.frames.adopt(live.worker);
    this.live(live);
    this.feed({ kind: 'adopted', pid: live.worker.pid });
  }

  /** Reads the worker's status, then feeds a tick. */
  async look(): Promise<void> {
    if (this.worker) await this.hear(this.worker);
    this.feed({ kind: 'tick' });
  }

  /** Ends the supervision of the process, which goes on. */
  async release(): Promise<void> {
    this.released = true;
    this.timer();
    this.answer();
    await this.underWay;
  }

  /** Resolves once the last request has taken effect, or cannot for now. */
  private settled(): Promise<ProcessView> {
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(this.view));
      if (this.isAtRest) this.answer();
    });
  }

  private get isAtRest(): boolean {
    return this.process.worker !== 'asked' && this.process.state !== 'stopping';
  }

  private answer(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private feed(event: ProcessEvent): void {
    if (this.released) return;
    const before = this.process.state;
    const rules = { ...this.at.rules, expectedFps: this.settings.expectedFps };
    const { state, effects } = step(this.process, event, this.at.timers.now(), rules);
    this.process = state;
    if (state.state !== before) this.changed(before);
    for (const effect of effects) this.carryOut(effect);
    if (this.isAtRest) this.answer();
  }

  private changed(before: string): void {
    this.since = this.at.timers.wall();
    const { state, reason, pid } = this.process;
    this.at.log.info(`Detection process: ${before} → ${state}`, { camera: this.settings.id, pid, reason });
  }

  private carryOut(effect: ProcessEffect): void {
    switch (effect.kind) {
      case 'schedule':
        this.timer();
        this.timer = this.at.timers.after(effect.at - this.at.timers.now(), () => void this.look());
        return;
      case 'spawn':
        this.underWay = this.spawn();
        return;
      case 'signal':
        this.signal(effect.signal);
        return;
    }
  }

  private signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.worker) return;
    try {
      this.at.host.signal(this.worker, signal);
    } catch (error) {
      this.at.log.error('A worker cannot be signalled', { camera: this.settings.id, signal, error });
    }
  }

  private async spawn(): Promise<void> {
    try {
      const live = await this.at.host.spawn(this.settings);
      this.live(live);
      this.feed({ kind: 'spawned', pid: live.worker.pid });
    } catch (error) {
      this.at.log.error('A worker cannot be started', { camera: this.settings.id, error });
      this.feed({ kind: 'spawn-failed' });
    }
  }

  private live({ worker, exited }: LiveWorker): void {
    this.worker = worker;
    this.said = null;
    void exited.then(async (exit) => {
      // The last lines of its log may give the reason: a refused source ends a worker as any crash does.
      await this.hear(worker);
      this.worker = undefined;
      this.feed({ kind: 'exited', ...exit });
    });
  }

  private async hear(worker: Worker): Promise<void> {
    try {
      const status = await this.at.host.status(worker);
      if (!status || this.worker !== worker) return;
      this.at.frames.hear(worker, status.frames);
      const { refused, lastFrameAt, motion, ...heartbeat } = status;
      this.said = { fps: status.fps, lastFrameAt, motion };
      this.feed(refused ? { kind: 'source-refused' } : { kind: 'heartbeat', ...heartbeat });
    } catch (error) {
      this.at.log.warn('What a worker says of itself cannot be read', { camera: this.settings.id, error });
    }
  }
}
