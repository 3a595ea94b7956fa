import type { GroupOverview, RolloutOverview } from '../application/rollout/group-overview';

/** Exit codes, for pipelines. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, unreachable: 4, interrupted: 130 } as const;

/** A command that ends with a sentence for a person and a code for a pipeline. */
export class CommandError extends Error {
  constructor(
    readonly exit: number,
    message: string,
  ) {
    super(message);
  }
}

/** One check and its result. */
export interface ReportedCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly figure: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const ANSWER_WITHIN_MS = 10_000;

/** The API of a running service. */
export class RolloutClient {
  /** The token is needed where the service listens for other machines. */
  constructor(
    private readonly url: string,
    private readonly token?: string,
    private readonly signal?: AbortSignal,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same client, whose calls are aborted by a signal and are no evidence. */
  verifying = (signal: AbortSignal): RolloutClient =>
    new RolloutClient(this.url, this.token, signal, { 'x-rollout-probe': 'verification' });

  /** The same client, whose calls no signal aborts: for what must be done at the end. */
  toTheEnd = (): RolloutClient => new RolloutClient(this.url, this.token);

  async send(
    method: string,
    path: string,
    options: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const { body, headers } = options;
    const init = {
      method,
      headers: { ...this.headers, ...headers, ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) },
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), ...(this.signal ? [this.signal] : [])]),
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    const response = await fetch(`${this.url}/api/v1${path}`, init).catch((error: unknown) => {
      if (this.signal?.aborted) throw new CommandError(EXIT.interrupted, 'Interrupted.');
      throw new CommandError(
        EXIT.unreachable,
        `No service answers at ${this.url}: start it, or name it with --url. (${String(error)})`,
      );
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as unknown) : text,
    };
  }

  /** The answer of an operation that must succeed; a refusal ends the command with the service's own message. */
  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await this.send(method, path, body ? { body } : {});
    if (reply.status === 200) return reply.body as T;
    const { detail = `the service answered ${reply.status}`, missing } = reply.body as {
      detail?: string;
      missing?: { what: string; have: number; need: number }[];
    };
    const list = (missing ?? []).map((m) => `\n  - ${m.what}: ${m.have} of ${m.need}`).join('');
    throw new CommandError(reply.status < 500 ? EXIT.refused : EXIT.failed, `${detail}${list}`);
  }

  overview = () => this.ask<RolloutOverview>('GET', '/rollout');
  group = (name: string) => this.ask<GroupOverview>('GET', `/rollout/${encodeURIComponent(name)}`);
}
