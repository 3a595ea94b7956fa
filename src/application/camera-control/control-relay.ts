import { DomainError, type Effect, Unavailable, effectOf } from '../../domain/shared/domain-error';
import { ERRORS, type ErrorKind, isErrorCode } from '../../domain/shared/error-codes';
import type { Log } from '../shared/log';
import type { CameraControlPort, ControlKey, ProcessStatus } from './camera-control-port';

type Path = 'domain' | 'legacy';
export type ControlPorts = Readonly<Record<Path, CameraControlPort>>;

type Which = Parameters<CameraControlPort['batchStatus']>[0];
type Statuses = Record<string, ProcessStatus>;

/** Operations that only the service that controls the cameras can carry out. */
type Relayed = 'start' | 'stop' | 'restart' | 'status' | 'batchStatus' | 'deactivate' | 'stats' | 'logs';

export interface ControlRequest {
  /** Who is asked; null: the node that controls all cameras. */
  readonly node: string | null;
  readonly path: Path;
  readonly method: Relayed;
  readonly input: object;
}

/** As plain values, because it goes from one process to another. */
export type ControlAnswer =
  | { readonly value: unknown }
  | {
      readonly refused: { readonly kind: ErrorKind; readonly code: string; readonly message: string };
      readonly effect?: Effect;
      readonly extra?: Readonly<Record<string, unknown>>;
    };

/** Requests between the services of a site. */
export interface ControlRequestQueue {
  /** The answer of the controlling service. Throws `Unavailable` when there is none. */
  ask(request: ControlRequest): Promise<ControlAnswer>;
  /**
   * Takes the requests of the other services to this node since the last call, `all`: and those to whoever controls all
   * cameras; each request is taken once.
   */
  take(
    to: { readonly node: string; readonly all: boolean },
    answer: (request: ControlRequest) => Promise<ControlAnswer>,
  ): Promise<void>;
}

/** Where cameras are controlled. */
export interface Whereabouts {
  /** The node of this service. */
  readonly node: string;
  /** Whether this service controls the cameras of its node. */
  controls(): boolean;
  /** Whether it does so because the cameras are shared between nodes. */
  shares(): boolean;
  holds(cameraId: string): boolean;
  /** Finds a place for cameras that were just made. */
  place(): Promise<void>;
  /** The node that has each camera, null while that changes; empty while one node has all. */
  holders(): Promise<ReadonlyMap<string, string | null>>;
}

/** A camera is controlled by the node that has it; a request to any service is answered by that one. */
export class ControlRelay {
  constructor(
    private readonly where: Whereabouts,
    private readonly line: ControlRequestQueue,
    private readonly log: Log,
  ) {}

  /** The operations of one path: carried out here where this service controls the camera, else sent to who does. */
  over(path: Path, here: CameraControlPort): CameraControlPort {
    const relayed = <K extends Exclude<Relayed, 'batchStatus'>>(method: K) =>
      (async (input: ControlKey) => {
        if (this.where.holds(input.camera_id)) return here[method](input as never);
        const node = await this.nodeOf(input, here);
        return this.where.holds(input.camera_id)
          ? here[method](input as never)
          : this.ask({ node, path, method, input });
      }) as (typeof here)[K];
    return {
      start: relayed('start'),
      stop: relayed('stop'),
      restart: relayed('restart'),
      status: relayed('status'),
      batchStatus: (which) => this.batchStatus(path, here, which),
      deactivate: relayed('deactivate'),
      stats: relayed('stats'),
      logs: relayed('logs'),
      activate: (key) => here.activate(key),
      setAutoStart: (wish) => here.setAutoStart(wish),
      preview: (key) => here.preview(key),
      refresh: (nothing) => here.refresh(nothing),
    };
  }

  /** Answers the requests of the other services, if this one controls. */
  async serve(ports: ControlPorts): Promise<void> {
    if (!this.where.controls()) return;
    const to = { node: this.where.node, all: !this.where.shares() };
    await this.line.take(to, (request) => this.carryOut(ports, request));
  }

  /**
   * Null: the node that controls all cameras. Throws `camera_control.elsewhere` while no node has the camera, and what
   * `here` says of one that does not exist.
   */
  private async nodeOf(key: ControlKey, here: CameraControlPort): Promise<string | null> {
    const node = (await this.where.holders()).get(key.camera_id);
    if (node) return node;
    if (!this.where.shares()) return null;
    if (node === undefined) await this.where.place();
    if (this.where.holds(key.camera_id)) return this.where.node;
    if ((await this.where.holders()).size === 0) return null;
    await here.status(key);
    throw changing();
  }

  /** The states of each node's cameras from that node; one that does not answer is known by its silence. */
  private async batchStatus(path: Path, here: CameraControlPort, which: Which): Promise<Statuses> {
    const holders = await this.sharedBy();
    const own = await this.ownStatus(path, here, which, holders.size > 0);
    const nodes = new Map<string, string[]>();
    for (const id of Object.keys(own)) {
      const node = holders.get(id);
      if (node && node !== this.where.node) nodes.set(node, [...(nodes.get(node) ?? []), id]);
    }
    const answers = await Promise.all(
      [...nodes].map(async ([node, camera_ids]) => {
        const request = { node, path, method: 'batchStatus', input: { camera_ids } } as const;
        const said = await this.ask(request).catch((error: unknown) => {
          if (error instanceof Unavailable) return {};
          throw error;
        });
        return camera_ids.flatMap((id) => {
          const [known, silent] = [(said as Statuses)[id], own[id]];
          return silent ? [[id, known ?? { ...silent, state: 'stalled', reason: 'no_frames' }] as const] : [];
        });
      }),
    );
    return { ...own, ...Object.fromEntries(answers.flat()) };
  }

  /** Reads nothing while this service controls all cameras. */
  private async sharedBy(): Promise<ReadonlyMap<string, string | null>> {
    return this.where.controls() && !this.where.shares() ? new Map() : this.where.holders();
  }

  private async ownStatus(path: Path, here: CameraControlPort, input: Which, shared: boolean): Promise<Statuses> {
    // A node without capacity beside one that holds every camera has nobody to ask by name.
    if (this.where.controls() && this.where.shares() === shared) return here.batchStatus(input);
    return (await this.ask({ node: shared ? this.where.node : null, path, method: 'batchStatus', input })) as Statuses;
  }

  private async ask(request: ControlRequest): Promise<unknown> {
    const answer = await this.line.ask(request);
    if ('value' in answer) return answer.value;
    const { refused, effect = 'unknown', extra } = answer;
    // The other service may be of another version, with other error codes.
    const code = isErrorCode(refused.code) ? refused.code : 'camera_control.failed';
    throw ERRORS[code].kind === 'unavailable'
      ? new Unavailable(code, refused.message, effect)
      : new DomainError(code, refused.message, { extra });
  }

  private async carryOut(ports: ControlPorts, { path, method, input }: ControlRequest): Promise<ControlAnswer> {
    try {
      if ('camera_id' in input && this.where.shares() && !this.where.holds(String(input.camera_id))) throw changing();
      return { value: await ports[path][method](input as never) };
    } catch (error) {
      const effect = effectOf(error);
      if (error instanceof DomainError) {
        const { kind, code, message, details } = error;
        return { refused: { kind, code, message }, effect, extra: details.extra };
      }
      this.log.error('what another service asked for failed', { method, error });
      const message = 'The service that controls the cameras failed: its log says more.';
      return { refused: { kind: 'unavailable', code: 'camera_control.failed', message }, effect };
    }
  }
}

const changing = () =>
  new Unavailable(
    'camera_control.elsewhere',
    'The camera is just changing its node, or no node can take it: try again.',
    'not-started',
  );
