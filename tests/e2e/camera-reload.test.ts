import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';

const CAMERAS = 20;
const PATH = '/live/1';
const CHANGED = 'cam7';
const IDS = Array.from({ length: CAMERAS }, (_, i) => `cam${i}`);

/** What tells one life of a camera's process from another. */
type Life = Readonly<Record<string, { pid: number; restarts: number; frames: number }>>;

describe(`an edit of the file of ${CAMERAS} streaming cameras`, () => {
  let server: RtspServer;
  let publisher: RtspPublisher;
  let site: CameraSite;

  beforeAll(async () => {
    server = await RtspServer.start();
    publisher = await RtspPublisher.start(server, PATH);
    const entry = (id: string) => `  - id: ${id}\n    name: n\n    source: ${server.url(PATH)}\n    auto_start: true\n`;
    site = await CameraSite.start(`cameras:\n${IDS.map(entry).join('')}`);
    await eventually(async () => expect(server.players(PATH)).toBe(CAMERAS), { within: 60_000 });
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await publisher.stop();
    await server.stop();
  });

  const lives = async (): Promise<Life> => {
    const [statuses, frames] = [await site.statuses(), await Promise.all(IDS.map((id) => site.frames(id)))];
    const life = (id: string, i: number) => [id, { pid: 0, restarts: 0, ...statuses[id], frames: frames[i] ?? 0 }];
    return Object.fromEntries(IDS.map(life)) as Life;
  };

  /** Every camera but `except` is the same process, and has seen a second more. */
  const goOn = (before: Life, except?: string) =>
    eventually(
      async () => {
        const now = await lives();
        for (const id of IDS.filter((each) => each !== except)) {
          expect([id, now[id]?.pid, now[id]?.restarts]).toEqual([id, before[id]?.pid, before[id]?.restarts]);
          expect(now[id]?.frames).toBeGreaterThan((before[id]?.frames ?? 0) + 10);
        }
      },
      { within: 20_000 },
    );

  it('that changes one address restarts that one, and the others count on', async () => {
    const before = await lives();
    const [from, to] = [server.url(PATH), server.url(PATH, 'viewer:1')];
    site.write(site.text().replace(new RegExp(`(id: ${CHANGED}\\n.*\\n.*source: )${from}`), `$1${to}`));
    await eventually(async () => expect((await site.status(CHANGED)).pid).not.toBe(before[CHANGED]?.pid), {
      within: 20_000,
    });
    await goOn(before, CHANGED);
    await site.becomes(CHANGED, { state: 'running', restarts: 0 });
  }, 180_000);

  it('that renames one and comments on others restarts none', async () => {
    const before = await lives();
    const edited = site.text().replace('name: n\n', 'name: another\n').replaceAll('  - id', '  # 摄像头\n  - id');
    site.write(edited);
    await eventually(async () => {
      const { body } = await site.call('GET', '/cameras');
      expect(body).toMatchObject({ cameras: expect.arrayContaining([expect.objectContaining({ name: 'another' })]) });
    });
    await goOn(before);
  }, 180_000);
});
