import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { BareSite, type ServiceRun } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CAMERAS = `cameras:
  - {id: line-3, name: Packing line 3, source: "testsrc:size=640x360,rate=10", fps: 10, auto_start: true}
`;

describe('a violation of a camera that runs', () => {
  let database: TestDatabase;
  let site: BareSite;
  let url = '';
  let run: ServiceRun;
  let settings: Record<string, string>;
  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    const cameras = path.join(site.dir, 'cameras.yaml');
    writeFileSync(cameras, CAMERAS);
    settings = {
      DATABASE_URL: database.url,
      CAMERAS_FILE: cameras,
      DATA_DIR: path.join(site.dir, 'data'),
      CAPTURES_DIR: path.join(site.dir, 'captures'),
    };
    run = site.start(settings);
    url = await run.ready();
    const small = path.join(site.dir, 'data', 'frames', 'line-3.small');
    await eventually(() => expect(readdirSync(small).length).toBeGreaterThan(12));
  });
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  async function open(n: number, at: number): Promise<number> {
    const id = `018fd3c2-7a10-7000-8000-0000000000f${n}`;
    const event = { id, ts: at / 1_000, type: 'NO_HAIRNET_AT_SINK', camera_id: 'line-3', track_id: n };
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    });
    expect(answer.status).toBe(200);
    return eventually(async () => {
      const page = (await (await fetch(`${url}/api/v1/records/violations`)).json()) as {
        violations: { id: number; track_id: number }[];
      };
      return page.violations.find(({ track_id }) => track_id === n)?.id ?? 0;
    });
  }
  const picture = (id: number) => fetch(`${url}/api/v1/records/violations/${id}/picture`);
  const frames = async (id: number) =>
    (
      (await (await fetch(`${url}/api/v1/records/violations/${id}/strip`)).json()) as {
        frames: { offset_ms: number; href: string }[];
      }
    ).frames;

  it('keeps the picture of its moment and a strip around it, also when the service is killed', async () => {
    const at = Date.now() - 700;
    const id = await open(1, at);
    await eventually(async () => expect((await picture(id)).status).toBe(200));
    const answer = await picture(id);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(Math.abs(Date.parse(answer.headers.get('x-picture-time') ?? '') - at)).toBeLessThanOrEqual(300);
    expect(Buffer.from(await answer.arrayBuffer()).readUInt16BE(0)).toBe(0xffd8);
    await eventually(async () => expect((await frames(id)).at(-1)?.offset_ms).toBeGreaterThan(1_500));
    const strip = await frames(id);
    expect(strip[0]?.offset_ms).toBeLessThan(-1_000);
    expect(strip.length).toBeLessThanOrEqual(25);
    expect((await fetch(`${url}${strip[2]?.href}`)).status).toBe(200);
    const violation = (await (await fetch(`${url}/api/v1/records/violations/${id}`)).json()) as {
      snapshot_path: string;
    };
    expect(violation.snapshot_path).toMatch(new RegExp(`^captures/\\d{4}-\\d\\d-\\d\\d/${id}$`));
    await run.end('SIGKILL');
    run = site.start(settings);
    url = await run.ready();
    expect((await picture(id)).status).toBe(200);
    expect((await frames(id)).length).toBe(strip.length);
  });

  it('that is of long ago has none, and says why', async () => {
    const id = await open(2, Date.now() - 120_000);
    const answer = await picture(id);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'violation.no_picture' });
  });
});
