import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorText } from '../system/files';
import { type Cluster, type Postmaster, turnServerLog } from './postmaster';
import { type RunningServer, findRunningServer } from './postmaster-file';
import { atMost, confirmServes } from './server-connection';

export interface Pace {
  readonly lookEveryMs: number;
  /** A server that gives no sign for this long hangs. */
  readonly silentMs: number;
  /** One that answers that it is not ready is given this long, twice as long each time that was not enough. */
  readonly recoveryMs: number;
  /** Between two starts that failed: from the first to the last. */
  readonly backoffMs: readonly [least: number, most: number];
}

export const PACE: Pace = { lookEveryMs: 1_000, silentMs: 30_000, recoveryMs: 120_000, backoffMs: [500, 30_000] };

export interface Started {
  readonly server: RunningServer;
  /** Absent: another process started it. */
  readonly postmaster?: Postmaster;
}

/** A start or a question under way is not waited for any longer; what it starts ends with this process. */
const STOP_WITHIN_MS = 10_000;
/** In recovery, or shutting down. */
const NOT_READY = '57P03';

/**
 * Keeps a server going for as long as this process wants it: starts it again when it ended, and ends it when it hangs.
 * Of several processes that share a server any one may start it again; only the one that started it ends it.
 */
export class Supervision {
  private stopping = false;
  private wake = new AbortController();
  private readonly running: Promise<void>;
  private heardAt = performance.now();
  private readyAt = performance.now();
  private patience: number;

  constructor(
    private readonly cluster: Cluster,
    private now: Started,
    private readonly start: () => Promise<Started>,
    private readonly alarm: (line: string) => void,
    private readonly pace: Pace,
  ) {
    this.patience = pace.recoveryMs;
    this.running = this.run();
  }

  get pid(): number {
    return this.now.server.pid;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake.abort();
    await atMost(STOP_WITHIN_MS, this.running);
    await this.now.postmaster?.stop();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.pause(this.pace.lookEveryMs);
      if (this.stopping) return;
      if (!this.isThere()) await this.restart();
      else await this.look();
    }
  }

  private isThere(): boolean {
    return this.now.postmaster?.running ?? findRunningServer(this.cluster.dataDir) !== undefined;
  }

  private async restart(): Promise<void> {
    const { postmaster, server } = this.now;
    this.alarm(`PostgreSQL (process ${server.pid}) ${postmaster?.exitSummary ?? 'ended'}; it is started again`);
    const [least, most] = this.pace.backoffMs;
    for (let wait = least; !this.stopping; wait = Math.min(most, wait * 2)) {
      try {
        this.now = await this.start();
        this.heardAt = this.readyAt = performance.now();
        this.alarm(`PostgreSQL runs again (process ${this.pid})`);
        return;
      } catch (error) {
        this.alarm(`${errorText(error)}\nIt is tried again.`);
        await this.pause(wait);
      }
    }
  }

  /** A server of another process is that process's to end. */
  private async look(): Promise<void> {
    const { postmaster, server } = this.now;
    if (!postmaster) return;
    turnServerLog(this.cluster.homeDir);
    const askingSince = performance.now();
    try {
      await confirmServes(this.cluster.dataDir, server, this.pace.silentMs);
      this.heardAt = this.readyAt = performance.now();
      this.patience = this.pace.recoveryMs;
    } catch (error) {
      // Any answer, such as that all connections are taken, is a sign of life.
      if (performance.now() - askingSince < this.pace.silentMs) this.heardAt = performance.now();
      if (errorCode(error) !== NOT_READY) this.readyAt = this.heardAt;
    }
    const now = performance.now();
    const hangs = now - this.heardAt >= this.pace.silentMs;
    const stuck = now - this.readyAt >= this.patience;
    if (this.stopping || !postmaster.running || !(hangs || stuck)) return;
    this.alarm(`PostgreSQL (process ${server.pid}) ${hangs ? 'does not answer' : 'does not get ready'} and is ended`);
    if (stuck) this.patience *= 2;
    await postmaster.kill();
  }

  /** Nobody has to wait for it: the process may end meanwhile. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: this.wake.signal }).catch(() => undefined);
  }
}
