import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a receiver does with a request: a status, a redirection, or nothing at all. */
type Reaction = number | { readonly redirect: string; readonly status?: number } | 'hang';

/** A web server that takes webhooks. */
export interface WebhookReceiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** What it does from now on, by how many requests it had before. */
  reaction: (nth: number) => Reaction;
  close(): Promise<void>;
}

export async function webhookReceiver(host = '127.0.0.1'): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer((req, res) => {
    const at = Date.now();
    void text(req).then((body) => {
      const nth = received.push({ path: req.url ?? '', headers: req.headers, body, at }) - 1;
      const reaction = receiver.reaction(nth);
      if (reaction === 'hang') return;
      if (typeof reaction === 'number') return res.writeHead(reaction).end('x'.repeat(100));
      return res.writeHead(reaction.status ?? 307, { location: reaction.redirect }).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `http://${host}:${port}/hook`,
    port,
    received,
    reaction: () => 200,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
