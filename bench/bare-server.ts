import { Pool } from 'pg';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { READS } from './bare-reads';

const POOL = 8;

/**
 * The least that can answer: one query through a pool, one JSON text. Below `/text` the database itself makes the text.
 * `POST /` is the bare transaction. Says its port to the process that forked it.
 */
async function main(): Promise<void> {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: POOL });
  await pool.query('CREATE TABLE IF NOT EXISTS bare_writes (id bigserial PRIMARY KEY, body jsonb NOT NULL)');
  const rows = async (sql: string) => JSON.stringify((await pool.query(sql)).rows);
  const text = async (sql: string) => {
    const { rows: found } = await pool.query<{ json: string }>(`SELECT json_agg(r)::text AS json FROM (${sql}) AS r`);
    return found[0]?.json ?? '[]';
  };
  const server = createServer((req, res) => {
    const url = req.url ?? '';
    const answer = (json: Promise<string>) =>
      void json.then(
        (body) => send(res, body),
        (error: unknown) => send(res, String(error), 500),
      );
    if (req.method === 'POST') {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => answer(write(pool, Buffer.concat(chunks))));
    } else if (url.startsWith('/text')) answer(text(readOf(url.slice('/text'.length))));
    else answer(rows(readOf(url)));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}

/** With `?limit=` as many rows as that, where there is a limit. */
function readOf(url: string): string {
  const [path = '', query] = url.split('?');
  const limit = /^limit=(\d+)$/.exec(query ?? '')?.[1];
  const sql = READS[path] ?? '';
  return limit === undefined ? sql : sql.replace(/LIMIT \d+/, `LIMIT ${limit}`);
}

function send(res: ServerResponse, body: string, status = 200): void {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function write(pool: Pool, body: Buffer): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO bare_writes (body) VALUES ($1)', [body.toString()]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return '{"ok":true}';
}

void main();
