import { type Socket, connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** Requests per second that a server answers to a few connections, each of which asks again as soon as it has its answer. */
export async function flood(url: string, lanes: number, ms: number, next: () => FloodRequest): Promise<number> {
  const { hostname, port } = new URL(url);
  const until = performance.now() + ms;
  const from = performance.now();
  const answered = await Promise.all(
    Array.from({ length: lanes }, () => lane(connect(Number(port), hostname), hostname, until, next)),
  );
  return (answered.reduce((sum, n) => sum + n, 0) * 1000) / (performance.now() - from);
}

export interface FloodRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** As little work per answer as possible, so that what is measured is the server: any status but 200 ends it. */
function lane(socket: Socket, host: string, until: number, next: () => FloodRequest): Promise<number> {
  let answered = 0;
  let head = Buffer.alloc(0);
  let missing = -1;
  const ask = () => {
    const { method, path, body = '' } = next();
    const length = Buffer.byteLength(body);
    socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${length}\r\n\r\n${body}`);
  };
  return new Promise((done, fail) => {
    socket.setNoDelay(true);
    socket.on('error', fail);
    socket.on('connect', ask);
    socket.on('data', (data) => {
      if (missing < 0) {
        head = head.length === 0 ? data : Buffer.concat([head, data]);
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        const text = head.subarray(0, end).toString('latin1');
        if (!text.startsWith('HTTP/1.1 200')) return socket.destroy(new Error(text));
        missing = Number(/^content-length: (\d+)/im.exec(text)?.[1]) - (head.length - end - HEAD_END.length);
        head = Buffer.alloc(0);
      } else missing -= data.length;
      if (missing > 0) return;
      missing = -1;
      answered += 1;
      if (performance.now() < until) return ask();
      socket.end();
      done(answered);
    });
  });
}
