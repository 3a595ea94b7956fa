import { DomainError, type Effect, Unavailable, effectOf } from '../../domain/shared/domain-error';
import { ERRORS, type ErrorKind, isErrorCode } from '../../domain/shared/error-codes';
import type { Log } from '../shared/log';
import type { CameraControlPort } from './camera-control-port';

type Path = 'domain' | 'legacy';
export type ControlPorts = Readonly<Record<Path, CameraControlPort>>;

/** Operations that only the service that controls the cameras can carry out. */
type Relayed = 'start' | 'stop' | 'restart' | 'status' | 'batchStatus' | 'deactivate' | 'stats' | 'logs';

export interface ControlRequest {
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
  /** Takes the requests of the other services since the last call; each request is taken once. */
  take(answer: (request: ControlRequest) => Promise<ControlAnswer>): Promise<void>;
}

/** One service of a site controls the cameras; a request to any service is answered by that one. */
export class ControlRelay {
  constructor(
    private readonly controls: () => boolean,
    private readonly line: ControlRequestQueue,
    private readonly log: Log,
  ) {}

  /** The operations of one path: carried out here while this service controls, else sent to the controlling service. */
  over(path: Path, here: CameraControlPort): CameraControlPort {
    const relayed = <K extends Relayed>(method: K) =>
      ((input: never) =>
        this.controls() ? here[method](input) : this.ask({ path, method, input })) as (typeof here)[K];
    return {
      start: relayed('start'),
      stop: relayed('stop'),
      restart: relayed('restart'),
      status: relayed('status'),
      batchStatus: relayed('batchStatus'),
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
    if (this.controls()) await this.line.take((request) => this.carryOut(ports, request));
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
