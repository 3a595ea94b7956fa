import { Agent, request } from 'node:http';

export interface HttpLoad {
  /** The first calls that failed, with what was answered. */
  readonly failed: readonly string[];
  /** Ends it and answers how often each status came; -1 stands for a connection that broke. */
  stop(): Promise<Map<number, number>>;
}

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** Is shown the body of an answer of status 200. */
  readonly answered?: (body: unknown) => void;
}

const MOST_FAILED = 20;

/** Requests from a few connections, one after the other on each, until stopped. */
export function startLoad(urls: readonly string[], lanes: number, next: (i: number) => LoadRequest): HttpLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const statuses = new Map<number, number>();
  const failed: string[] = [];
  const stopped = new AbortController();
  const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const send = (url: string, { method, path, body, answered }: LoadRequest) =>
    new Promise<void>((done) => {
      const req = request(`${url}/api/v1${path}`, { method, agent }, (res) => {
        count(res.statusCode ?? 0);
        const { statusCode = 0 } = res;
        const isFailure = statusCode >= 500 && failed.length < MOST_FAILED;
        if (!isFailure && (!answered || statusCode !== 200)) return void res.resume().once('end', done);
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
        res.once('end', () => {
          if (isFailure) failed.push(`${method} ${path}: ${statusCode} ${text.slice(0, 200)}`);
          else answered?.(JSON.parse(text));
          done();
        });
      });
      req.once('error', () => {
        count(-1);
        done();
      });
      req.end(body && JSON.stringify(body));
    });
  const lane = async (first: number) => {
    for (let i = first; !stopped.signal.aborted; i += lanes) await send(urls[i % urls.length] ?? '', next(i));
  };
  const running = Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
  return {
    failed,
    stop: async () => {
      stopped.abort();
      await running;
      agent.destroy();
      return statuses;
    },
  };
}
