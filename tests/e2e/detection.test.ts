import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blobModel, hasPackages } from '../support/blob-model';
import { FILMS, ROOM, drawFilm } from '../support/drawn-films';
import { eventually } from '../support/eventually';
import { BareSite, type ServiceRun } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const RESTRICTED = FILMS.find(({ regions }) => regions === ROOM)!;

(hasPackages() ? describe : describe.skip)('a service that looks for persons', () => {
  let database: TestDatabase;
  let site: BareSite;
  let run: ServiceRun;
  let url = '';
  const at = (name: string) => path.join(site.dir, name);

  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    writeFileSync(at('blob.onnx'), blobModel());
    mkdirSync(at('data/films'), { recursive: true });
    drawFilm(at('data/films/room.avi'), RESTRICTED.seconds, RESTRICTED.people);
    writeFileSync(at('data/films/text.avi'), 'no video');
    const camera = `{id: room, name: Room, source: "${at('data/films/room.avi')}", auto_start: true}`;
    writeFileSync(site.camerasFile, `cameras:\n  - ${camera}\n`);
    writeFileSync(at('config/regions.json'), JSON.stringify(RESTRICTED.regions));
    run = site.start({ DATABASE_URL: database.url, DETECTOR: 'auto', DETECTOR_PERSONS: at('blob.onnx') });
    url = await run.ready();
  });
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  const get = async <T>(place: string): Promise<T> => (await (await fetch(`${url}/api/v1${place}`)).json()) as T;
  const dryRun = (body: object, id = 'room') =>
    fetch(`${url}/api/v1/cameras/${id}/detection/dry-run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  interface Detection {
    readonly detector: { readonly state: string; readonly model: string | null };
    readonly persons: number | null;
    readonly hairnets: number | null;
    readonly zones: readonly object[];
  }
  const detection = () => get<Detection>('/cameras/room/detection');
  interface Violation {
    readonly id: number;
    readonly violation_type: string;
    readonly snapshot_path: string | null;
    readonly confidence: number | null;
  }
  const violations = async () => (await get<{ violations: Violation[] }>('/records/violations')).violations;

  it('opens a violation with its picture in the queue, without anything but a region', async () => {
    const found = await eventually(
      async () => (await violations()).find((v) => v.violation_type === 'restricted_entered') ?? null,
      {
        what: 'a violation of the restricted zone',
        within: 60_000,
      },
    );
    expect(found!.confidence).toBeGreaterThan(0.3);
    const events = await get<{ type: string; ts: number; evidence: Record<string, unknown> }[]>('/events/recent');
    // A person who is lost and found again is told of twice; the first one opens the violation.
    const opened = events.filter(({ type }) => type === 'RESTRICTED_ENTERED').toSorted((a, b) => a.ts - b.ts)[0]!;
    expect(opened.evidence).toMatchObject({ region: 'machine', zone_id: 'machine', model: 'blob.onnx' });
    expect(opened.evidence.bbox).toHaveLength(4);
    // The very picture that was looked at, with its boxes; what is there before it may be one of a second ago.
    await eventually(async () => {
      const { headers } = await fetch(`${url}/api/v1/records/violations/${found!.id}/picture`);
      expect(Date.parse(headers.get('x-picture-time') ?? '')).toBe(Math.round(opened.ts * 1_000));
    });
  });

  it('shows what it sees, and null for what no model here knows', async () => {
    await eventually(async () => expect((await detection()).persons).toBeGreaterThanOrEqual(1));
    expect(await detection()).toMatchObject({ hairnets: null, detector: { state: 'running', model: 'blob.onnx' } });
    expect((await detection()).zones).toHaveLength(2);
  });

  it('finds in a dry run what the camera gives live', async () => {
    const answer = await dryRun({ film: 'room.avi' });
    expect(answer.status).toBe(200);
    const report = (await answer.json()) as { findings: { rule: string; region_id: string; picture: string }[] };
    expect(report.findings.map(({ rule, region_id }) => `${rule} broken ${region_id}`)).toEqual(
      RESTRICTED.found.map(([what]) => what),
    );
    expect(Buffer.from(report.findings[0]!.picture, 'base64').readUInt16BE(0)).toBe(0xffd8);
    expect((await dryRun({})).status).toBe(200);
  });

  it.each([
    [{ film: 'none.avi' }, 'room', 404, 'detection.film_not_found'],
    [{ film: '../../config/cameras.yaml' }, 'room', 404, 'detection.film_not_found'],
    [{ film: 'text.avi' }, 'room', 400, 'detection.film_unusable'],
    [{}, 'none', 404, 'camera.not_found'],
  ])('refuses %j of %s', async (body, id, status, code) => {
    const answer = await dryRun(body, id);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('goes on with motion alone when the detector is killed, and looks again soon, with the same worker', async () => {
    interface Health {
      readonly checks: { readonly detector: string; readonly detector_details: { readonly state: string } };
    }
    const health = () => get<Health>('/monitoring/health');
    const worker = async () => (await get<{ pid: number }>('/cameras/room/status')).pid;
    await eventually(async () => expect((await detection()).detector.state).toBe('running'));
    const before = await worker();
    process.kill(detectorPid(), 'SIGKILL');
    await eventually(async () => expect((await detection()).persons).toBeNull());
    await eventually(async () => expect((await health()).checks.detector_details.state).not.toBe('running'));
    await eventually(async () => expect((await detection()).persons).not.toBeNull());
    await eventually(async () => expect((await health()).checks.detector_details.state).toBe('running'));
    expect(await worker()).toBe(before);
  });

  it('takes the detector along when it ends', async () => {
    const pid = detectorPid();
    await run.end('SIGTERM');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  /** By the record that its supervision keeps. */
  function detectorPid(): number {
    const record = readFileSync(at('data/detector/workers/person-detector.json'), 'utf8');
    return (JSON.parse(record) as { pid: number }).pid;
  }
});
