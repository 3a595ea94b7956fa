import type { Client } from 'pg';
import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FULL_TEXT_EVERY } from '../src/infrastructure/postgres/pg-revisions';
import { HttpClient } from './http-client';
import { type Contestant, type Effort, interleaved } from './interleaved';
import { cameraId, manyCameras } from './many-cameras';
import { type ServiceProcess, idleMb } from './service-process';
import { table, timingTable } from './table';
import { Workplace } from './workplace';

const CAMERAS = 2_000;
const PUT_TARGET_MS = 150;
const LIST_TARGET_MS = 30;
const IDLE_TARGET_MB = 200;

const WRITES: Record<'full' | 'short', Effort> = {
  full: { rounds: 7, callsPerRound: 10 },
  short: { rounds: 5, callsPerRound: 2 },
};
const READS: Record<'full' | 'short', Effort> = {
  full: { rounds: 9, callsPerRound: 20 },
  short: { rounds: 5, callsPerRound: 5 },
};

/** 2,000 cameras: changing one, listing all, and what the process takes when nobody asks. */
export function cameras(length: 'full' | 'short'): Promise<string> {
  return Workplace.use(async (place) => {
    const text = manyCameras(CAMERAS);
    const file = path.join(place.dir, 'cameras.yaml');
    await writeFile(file, text);
    const database = await place.database('bench');
    const service = await place.service(database.url, file);
    const afterStart = await idleMb(service.pid);
    const bare = `http://127.0.0.1:${String(await place.program('bare-server.js', { DATABASE_URL: database.url }))}/cameras`;
    const lists = await interleaved(listing(place, service, bare), READS[length]);
    const puts = await interleaved(await changing(place, service, text), WRITES[length]);
    const growth = await changesOfSizes(place, WRITES[length]);
    const memory = [
      await idleLine('ready, 2 cameras', () => idleOfFresh(place)),
      await idleLine(`ready, ${CAMERAS} cameras imported`, () => Promise.resolve(afterStart)),
      await idleLine('idle again after this benchmark', () => idleMb(service.pid)),
    ];
    return [
      `${CAMERAS} cameras, ${Math.round(text.length / 1000)} kB of YAML, HTTP on loopback, one connection\n\n`,
      timingTable([...puts, ...lists]),
      `\n${growth}\n${await bytesOfChanges(database.client)}\n`,
      `\n${table(['memory', 'resident MB', 'target MB'], memory)}`,
    ].join('');
  });
}

function listing(place: Workplace, { url }: ServiceProcess, bare: string): Contestant[] {
  const [client, onFloor] = [new HttpClient(), new HttpClient()];
  place.onEnd(() => [client, onFloor].forEach((c) => c.close()));
  const list = (domain: boolean) => () => client.call('GET', `${url}/api/v1/cameras?force_domain=${domain}`);
  const floor = 'floor: node:http, SELECT, JSON';
  return [
    { name: floor, once: () => onFloor.call('GET', bare) },
    { name: 'GET /cameras, domain path', once: list(true), floor, targetMs: LIST_TARGET_MS },
    { name: 'GET /cameras, legacy path', once: list(false), floor },
  ];
}

async function changing(
  place: Workplace,
  { url }: ServiceProcess,
  text: string,
  cameras = CAMERAS,
): Promise<Contestant[]> {
  const client = new HttpClient();
  place.onEnd(() => client.close());
  let calls = 0;
  const put = (domain: boolean) => () => {
    calls += 1;
    // Every call changes something: a PUT that says what is there already would cost nothing.
    const camera = `${url}/api/v1/cameras/${cameraId(1 + ((calls * 37) % cameras))}?force_domain=${domain}`;
    return client.call('PUT', camera, { name: `renamed ${calls}` });
  };
  const floor = 'floor: write, fsync, rename, INSERT, COMMIT';
  const { client: sql } = await place.database(`floor_${cameras}`);
  await sql.query('CREATE TABLE revisions (number serial PRIMARY KEY, text text NOT NULL)');
  return [
    { name: floor, once: () => bareChange(sql, path.join(place.dir, `floor-${cameras}.yaml`), text) },
    { name: 'PUT /cameras/{id}, domain path', once: put(true), floor, targetMs: PUT_TARGET_MS },
    { name: 'PUT /cameras/{id}, legacy path', once: put(false), floor, targetMs: PUT_TARGET_MS },
  ];
}

const SIZES = [100, 10_000] as const;
const GROWTH_TARGET = 1.5;

/** What a change costs with few and with many cameras, each beside its own floor. */
async function changesOfSizes(place: Workplace, effort: Effort): Promise<string> {
  const contestants: Contestant[] = [];
  for (const size of SIZES) {
    const text = manyCameras(size);
    const file = path.join(place.dir, `of-${size}.yaml`);
    await writeFile(file, text);
    const { url } = await place.database(`of_${size}`);
    const service = await place.service(url, file);
    const [floor, put] = await changing(place, service, text, size);
    if (!floor || !put) throw new Error('nothing is changed');
    contestants.push({ ...floor, name: `floor, ${size} cameras` });
    contestants.push({ ...put, name: `PUT, ${size} cameras`, floor: `floor, ${size} cameras` });
  }
  const timings = await interleaved(contestants, effort);
  const [fewFloor = Number.NaN, few = Number.NaN, manyFloor = Number.NaN, many = Number.NaN] = timings.map((t) => t.ms);
  const [plain, ofFloor] = [many / few, many / manyFloor / (few / fewFloor)];
  const verdict = ofFloor <= GROWTH_TARGET ? 'met' : 'MISSED';
  return `${timingTable(timings)}\n10,000 cameras ÷ 100: ${plain.toFixed(2)} x; each ÷ its floor: ${ofFloor.toFixed(2)} x (${GROWTH_TARGET} ${verdict})\n`;
}

const BYTES_TARGET = 5_000;

/** What a change leaves in the database for good: its delta, what it changed, and its part of a full text now and then. */
async function bytesOfChanges(sql: Client): Promise<string> {
  const { rows } = await sql.query<{ changes: number; own: number; text: number }>(`
    SELECT count(delta)::int AS changes, avg(octet_length(delta::text) + octet_length(changes::text)) FILTER (WHERE text IS NULL)::float8 AS own,
           max(octet_length(text)) AS text
      FROM camera_config_revisions`);
  const { changes = 0, own = Number.NaN, text = Number.NaN } = rows[0] ?? {};
  const bytes = own + text / FULL_TEXT_EVERY;
  const verdict = bytes <= BYTES_TARGET ? 'met' : 'MISSED';
  return `bytes a change: ${own.toFixed(0)} of its own, over ${changes}; with its part of a full text ${bytes.toFixed(0)} (${BYTES_TARGET} ${verdict})`;
}

/** The least that leaves a text safely both in a file and in a table. */
async function bareChange(sql: Client, target: string, text: string): Promise<void> {
  const file = await open(`${target}.tmp`, 'w');
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await sql.query('BEGIN');
  await sql.query('INSERT INTO revisions (text) VALUES ($1)', [text]);
  await sql.query('COMMIT');
  await rename(`${target}.tmp`, target);
}

async function idleOfFresh(place: Workplace): Promise<number> {
  const file = path.join(place.dir, 'two.yaml');
  await writeFile(file, manyCameras(2));
  const { url } = await place.database('two');
  const { pid } = await place.service(url, file);
  return idleMb(pid);
}

async function idleLine(what: string, measure: () => Promise<number>): Promise<string[]> {
  const mb = await measure();
  return [what, mb.toFixed(0), `${IDLE_TARGET_MB} ${mb <= IDLE_TARGET_MB ? 'met' : 'MISSED'}`];
}
