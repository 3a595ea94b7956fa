import {
  type LiveWorker,
  type Worker,
  type WorkerHost,
  type WorkerSettings,
  type WorkerStatus,
  fingerprint,
} from '../../src/application/camera-control/worker-host';
import type { Exit } from '../../src/domain/camera-control/camera-process';
import type { FakeTimers } from './fake-timers';

interface FakeWorker extends Worker {
  readonly end: (exit: Exit) => void;
  readonly startedNow: number;
}

/** An operating system in memory: a spawn takes 50 ms, a polite end 100 ms. */
export class FakeWorkerHost implements WorkerHost {
  readonly alive = new Map<string, FakeWorker>();
  readonly spawns: string[] = [];
  readonly signals: string[] = [];
  readonly pids = new Set<number>();
  /** Most workers one camera ever had at once. */
  most = 0;
  deaf = false;
  broken = false;
  silent = false;
  left: LiveWorker[] = [];
  private pid = 100;

  constructor(private readonly timers: FakeTimers) {}

  async spawn(settings: WorkerSettings): Promise<LiveWorker> {
    this.spawns.push(settings.id);
    await new Promise<void>((done) => this.timers.after(50, done));
    if (this.broken) throw new Error('no such program');
    return this.create(settings);
  }

  create(settings: WorkerSettings): LiveWorker {
    const { id } = settings;
    this.most = Math.max(this.most, this.alive.has(id) ? 2 : 1);
    let end: FakeWorker['end'] = () => undefined;
    const exited = new Promise<Exit>((resolve) => (end = resolve));
    const pid = ++this.pid;
    const identity = { id, pid, startedAt: '1', token: `token of ${pid}`, cmd: ['worker'] };
    const worker = { ...identity, fingerprint: fingerprint(settings), end, startedNow: this.timers.now() };
    this.alive.set(id, worker);
    this.pids.add(worker.pid);
    return { worker, exited };
  }

  survivors = async (): Promise<LiveWorker[]> => this.left;

  signal({ id, pid }: Worker, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(`${signal} ${id}`);
    if (signal === 'SIGKILL' || !this.deaf) {
      this.timers.after(100, () => this.alive.get(id)?.pid === pid && this.die(id, { code: null, signal }));
    }
  }

  die(id: string, exit: Exit = { code: 1, signal: null }): void {
    const worker = this.alive.get(id);
    this.alive.delete(id);
    worker?.end(exit);
  }

  async status({ id }: Worker): Promise<WorkerStatus | undefined> {
    const worker = this.alive.get(id);
    if (!worker || this.silent) return undefined;
    return { frames: Math.floor((this.timers.now() - worker.startedNow) / 40), fps: 25 };
  }

  tendLog = async (): Promise<void> => undefined;
  logPath = (id: string): string => `/logs/detect_${id}.log`;
}
