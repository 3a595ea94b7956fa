import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LookRequest } from '../../src/application/detection/person-finder';
import { LookClient } from '../../src/infrastructure/looks/look-client';
import { drawn, hasPackages } from '../support/blob-model';
import { DetectorRun } from '../support/detector-run';
import { FILMS, FILM_RATE, drawFilm } from '../support/drawn-films';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';
import { WorkerRun } from '../support/worker-run';

const request = (more: Partial<LookRequest> = {}): LookRequest => ({
  picture: drawn([[100, 120]]),
  known: [],
  hands: [],
  labels: [],
  weight: 1,
  ...more,
});

(hasPackages() ? describe : describe.skip)('the detector process', () => {
  let dir: string;
  let detector: DetectorRun;
  const clients: LookClient[] = [];
  const workers: WorkerRun[] = [];

  beforeEach(async () => {
    dir = temporaryDirectory();
    detector = new DetectorRun(dir);
    await detector.start();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(workers.splice(0).map((worker) => worker.remove()));
    await detector.end();
    rmSync(dir, { recursive: true, force: true });
  });

  async function connected(): Promise<LookClient> {
    const client = new LookClient(detector.socket);
    clients.push(client);
    await eventually(() => client.isAlive, { what: 'a detector that is alive' });
    return client;
  }

  it('looks at the newest picture of each camera, in turn', async () => {
    const [a, b] = [await connected(), await connected()];
    const [ofA, ofB] = await Promise.all([a.look(() => request()), b.look(() => request({ picture: drawn() }))]);
    expect(ofA.sightings).toHaveLength(1);
    expect(ofB.sightings).toEqual([]);
    expect(ofA.model).toBe('blob.onnx');
    await eventually(() => detector.status().looks === 2, { what: 'two looks in its status' });
  });

  it('closes a connection that sends what is no message, and goes on', async () => {
    const client = await connected();
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('ffffffffffffffff', 'hex'),
      Buffer.from('0a00000006000000', 'hex'),
      lied({ type: 'picture', width: 640, height: 384, known: [], hands: [], labels: [], weight: 1 }),
      lied({ type: 'ready', weight: 'much' }),
      lied({ type: 'other' }),
    ]) {
      const socket = connect(detector.socket);
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      socket.write(bytes);
      if (bytes.readUInt32LE(0) < 100 && bytes.length === 8) socket.end();
      await closed;
    }
    expect((await client.look(() => request())).sightings).toHaveLength(1);
  });

  it('is missed within a second when it is killed or stands still, and used again when it is back', async () => {
    const client = await connected();
    await detector.end('SIGKILL');
    await eventually(() => !client.isAlive, { what: 'a dead detector that is noticed' });
    await expect(client.look(() => request())).rejects.toThrow('no detector: motion only');
    await detector.start();
    await eventually(() => client.isAlive, { what: 'a detector that is back' });
    expect((await client.look(() => request())).sightings).toHaveLength(1);
    detector.signal('SIGSTOP');
    await expect(client.look(() => request())).rejects.toThrow('no detector: motion only');
    detector.signal('SIGCONT');
    await eventually(() => client.isAlive, { what: 'a detector that goes on' });
    expect((await client.look(() => request())).sightings).toHaveLength(1);
  });

  it('is no reason for a worker to end: it goes on with motion alone', async () => {
    const worker = started('testsrc:size=320x180,rate=10');
    const persons = () => worker.status().detections.persons;
    await eventually(() => persons() === 0, { what: 'persons that are counted' });
    await detector.end('SIGKILL');
    await eventually(() => persons() === null, { what: 'persons that are not known' });
    expect(worker.status().detection?.note).toBe('no detector: motion only');
    await eventually(() => worker.status().motion, { what: 'motion, which needs no detector' });
    await detector.start();
    await eventually(() => persons() === 0, { what: 'persons that are counted again' });
    const { frames } = worker.status();
    await eventually(() => worker.status().frames > frames, { what: 'the same worker that counts on' });
  });

  it('finds live what the dry run finds in the same film, finding by finding', async () => {
    let compared = 0;
    for (const [i, film] of FILMS.entries()) {
      const dry = await dryRunOf(film, `film${i}`);
      expect(await liveRunOf(film, `film${i}`, dry.length)).toEqual(dry);
      compared += dry.length;
    }
    expect(compared).toBeGreaterThanOrEqual(4);
    // Five films in their own time, some of them twice.
  }, 400_000);

  type Film = (typeof FILMS)[number];
  const rounded = (second: unknown) => Math.round(Number(second) * 100) / 100;

  /** Type, region and second of each event. */
  async function dryRunOf(film: Film, name: string) {
    const file = path.join(dir, `${name}.avi`);
    const regions = path.join(dir, `${name}.json`);
    drawFilm(file, film.seconds, film.people, film.posts);
    writeFileSync(regions, JSON.stringify(film.regions));
    const args = [path.resolve('dist/src/cli/detect.js'), file, '--camera', 'cam1', '--regions', regions, '--json'];
    const env = { ...process.env, DETECTOR_PERSONS: path.join(dir, 'blob.onnx'), DATA_DIR: dir };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const report = JSON.parse(stdout) as { findings: { event: string | null; zone: string; second: number }[] };
    return report.findings
      .filter(({ event }) => event !== null)
      .map(({ event, zone, second }) => [event, zone, rounded(second)]);
  }

  /** The same of a worker that sees the film once. On a machine that served not every look it is shown again. */
  async function liveRunOf(film: Film, name: string, expected: number) {
    for (let attempt = 1; ; attempt += 1) {
      const environment = { DETECTOR_SOCKET: detector.socket, REGIONS_FILE: path.join(dir, `${name}.json`) };
      const worker = WorkerRun.start(path.join(dir, `${name}.avi`), environment);
      // The film begins anew when it is over: its second round is seen when this many pictures came.
      await worker.seeing(film.seconds * FILM_RATE + 5);
      const { wanted, served } = worker.status().detection!.looks;
      const ofFilm = () =>
        (existsSync(path.join(worker.dir, 'journal')) ? worker.events() : []).filter(
          ({ evidence }) => Number(evidence.second) < film.seconds,
        );
      // An event comes after its picture.
      if (wanted - served <= 1 || attempt === 4)
        await eventually(() => ofFilm().length >= expected, { what: `${expected} events of ${film.name}` });
      const events = ofFilm().map(({ type, evidence }) => [type, evidence.zone_id, rounded(evidence.second)]);
      await worker.remove();
      if (wanted - served <= 1 || attempt === 4) return events;
    }
  }

  function started(source: string, regions: object = { regions: [] }): WorkerRun {
    writeFileSync(path.join(dir, 'regions.json'), JSON.stringify(regions));
    const environment = { DETECTOR_SOCKET: detector.socket, REGIONS_FILE: path.join(dir, 'regions.json') };
    const worker = WorkerRun.start(source, environment);
    workers.push(worker);
    return worker;
  }
});

/** A message whose length is right. */
function lied(header: object): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(text.length + 4, 0);
  lengths.writeUInt32LE(text.length, 4);
  return Buffer.concat([lengths, text]);
}
