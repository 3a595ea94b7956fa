import { Agent, request } from 'node:http';

/** One connection, kept alive: what is timed is the call, not the handshake. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** The body of the answer; anything but 200 is an error. */
  call(method: string, url: string, body?: object): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        url,
        { method, agent: this.agent, headers: { 'content-type': 'application/json' } },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('error', reject);
          res.on('end', () => {
            const answer = Buffer.concat(chunks);
            if (res.statusCode === 200) return resolve(answer);
            reject(new Error(`${method} ${url}: ${res.statusCode} ${answer.toString()}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
