import { WORKERS_TERM_MS, WORKERS_END_MS } from '../../domain/nodes/placement';
import type { Log } from '../shared/log';
import type { JoiningNode, NodeStore } from './nodes';

/** The workers of this node. */
interface NodeCameras {
  /** Runs these cameras from now on, and no other. */
  hold(held: 'all' | ReadonlySet<string>): Promise<void>;
  /** Takes over what still runs, and starts what should run. */
  take(): Promise<void>;
  /** Resolves when the worker of a camera has ended. */
  end(cameraId: string): Promise<void>;
  /** Resolves when all workers have ended. */
  leave(): Promise<void>;
}

/** Where workers read for how long they may run. */
interface WorkersLease {
  /** Milliseconds from now; undefined: for ever. */
  renew(ms: number | undefined): void;
}

/**
 * This service as a node of its site: renews its lease, runs the cameras that it has, and ends them before another
 * node may take them. While it is the only node it holds every camera, has no lease and never ends anything.
 */
export class NodeKeeper {
  private known: JoiningNode | undefined;
  private alone = false;
  private joined = false;
  /** Whether other nodes could take its cameras, as far as this one knows. */
  private others = false;
  /** When the last renewal that was answered was sent. */
  private renewedAt = Number.NEGATIVE_INFINITY;
  private running = false;
  private fencing: Promise<void> = Promise.resolve();
  private work: Promise<unknown> = Promise.resolve();
  private readonly ending = new Set<string>();

  constructor(
    private readonly store: NodeStore,
    private readonly cameras: NodeCameras,
    private readonly lease: WorkersLease,
    /** Read once, when this node joins or somebody asks for it. */
    private readonly meOf: () => JoiningNode,
    private readonly log: Log,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get id(): string {
    return this.me.id;
  }

  private get me(): JoiningNode {
    this.known ??= this.meOf();
    return this.known;
  }

  /** Whether this node has to renew often: others wait for it. */
  get isWatched(): boolean {
    return this.joined && (this.others || !this.alone);
  }

  /** Joins the site, and runs what is this node's own. */
  begin(): Promise<void> {
    return this.inTurn(() => this.join());
  }

  /** Renews the lease, and does what has become necessary. */
  renew(): Promise<void> {
    return this.inTurn(async () => {
      if (!this.joined) return;
      const sent = this.now();
      const { alive, alone, others, due } = await this.store.renew(this.me.id);
      if (!alive) return this.rejoin();
      [this.renewedAt, this.others] = [sent, others];
      // Before anything of it may be taken: workers have to know until when they may run.
      this.lease.renew(others ? WORKERS_END_MS - (this.now() - sent) : undefined);
      if (alone && others) await this.share();
      if (!this.running && this.mayRun()) await this.run();
      if (!this.alone && due) await this.store.look();
    });
  }

  /** Takes what it should have, and gives back what it should not have. */
  follow(): Promise<void> {
    return this.inTurn(async () => {
      if (this.joined && this.running) await this.claim();
    });
  }

  /** Cameras were added or removed: they need a place. */
  place(): Promise<void> {
    return this.inTurn(async () => {
      if (this.joined && !this.alone) await this.store.look();
    });
  }

  /**
   * While the database cannot be reached, another node may take the cameras before this one knows. Called often, and
   * not in turn: a renewal may be waiting for the database.
   */
  async fence(): Promise<void> {
    if (!this.running || this.mayRun()) return;
    this.running = false;
    this.log.warn(
      'this node could not renew its lease in time: its workers end, another node may have the cameras now',
    );
    this.fencing = this.cameras.leave();
    await this.fencing;
  }

  /** Ends the workers and gives everything back; `handOver`: another service of this node goes on with them. */
  end({ handOver }: { readonly handOver: boolean }): Promise<void> {
    return this.inTurn(async () => {
      const { joined } = this;
      [this.joined, this.running] = [false, false];
      if (handOver) return;
      await this.cameras.leave();
      this.lease.renew(undefined);
      if (joined) await this.store.leave(this.me.id);
    });
  }

  private async join(): Promise<void> {
    const sent = this.now();
    this.alone = await this.store.join(this.me);
    this.others = !this.alone;
    this.joined = true;
    this.renewedAt = sent;
    this.lease.renew(this.alone ? undefined : WORKERS_END_MS - (this.now() - sent));
    if (!this.alone) await this.store.look();
    await this.run();
  }

  /** It was silent for so long that its cameras are held elsewhere by now. */
  private async rejoin(): Promise<void> {
    this.log.warn('this node was silent for so long that others took its cameras: it joins its site anew');
    [this.joined, this.running] = [false, false];
    await this.cameras.leave();
    await this.join();
  }

  private async share(): Promise<void> {
    this.log.info('another node has joined this site: the cameras are shared from now on');
    await this.store.share(this.me.id);
    this.alone = false;
    if (this.running) await this.claim();
    await this.store.look();
  }

  private mayRun(): boolean {
    return !this.others || this.now() - this.renewedAt < WORKERS_TERM_MS;
  }

  private async run(): Promise<void> {
    await this.fencing;
    await this.claim();
    if (!this.mayRun()) return;
    await this.cameras.take();
    this.running = true;
  }

  private async claim(): Promise<void> {
    if (this.alone) return this.cameras.hold('all');
    const held = await this.store.claim(this.me.id);
    if (!this.mayRun()) return;
    await this.cameras.hold(new Set(held.filter(({ wished }) => wished).map(({ cameraId }) => cameraId)));
    for (const { cameraId, token, wished } of held)
      if (!wished && !this.ending.has(token)) void this.giveBack(cameraId, token);
  }

  /** Not waited for: a worker may take seconds to end. Without success it is tried again at the next look. */
  private async giveBack(cameraId: string, token: string): Promise<void> {
    this.ending.add(token);
    try {
      await this.cameras.end(cameraId);
      await this.store.release(this.me.id, [token]);
    } catch (error) {
      this.log.warn('a camera could not be given back yet', { camera: cameraId, error });
    } finally {
      this.ending.delete(token);
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.work.then(work);
    this.work = result.catch(() => undefined);
    return result;
  }
}
