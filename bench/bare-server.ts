import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';

/** The least that can answer a list of cameras: one query, one JSON text. Says its port to the process that forked it. */
async function main(): Promise<void> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const server = createServer((_req, res) => {
    void client.query('SELECT * FROM cameras ORDER BY position').then(({ rows }) => {
      const text = JSON.stringify({ cameras: rows });
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}

void main();
