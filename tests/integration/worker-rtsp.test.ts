import { eventually } from '../support/eventually';
import { FROZEN, RtspPublisher } from '../support/rtsp-publisher';
import { RtspServer } from '../support/rtsp-server';
import { WorkerRun, childrenOf } from '../support/worker-run';

const SECRET = 'p@ss:w/o#rd%';
const ACCOUNT = { user: 'admin', password: SECRET };
const CREDENTIALS = `admin:${encodeURIComponent(SECRET)}`;
const PATH = '/live/1';

describe('the worker on an RTSP camera', () => {
  let server: RtspServer;
  let publisher: RtspPublisher;
  const runs: WorkerRun[] = [];

  const start = (url: string): WorkerRun => {
    const run = WorkerRun.start(url);
    runs.push(run);
    return run;
  };

  beforeAll(async () => {
    server = await RtspServer.start();
    publisher = await RtspPublisher.start(server, PATH);
  });
  beforeEach(() => {
    server.refuse = false;
    server.account = undefined;
  });
  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.remove()));
  });
  afterAll(async () => {
    await publisher.stop();
    await server.stop();
  });

  it.each(['Digest', 'Basic'] as const)('logs in by %s with a password full of special characters', async (scheme) => {
    server.account = { ...ACCOUNT, scheme };
    const run = start(server.url(PATH, CREDENTIALS));
    await run.seeing(10);
    expect(run.output).toMatch(/^\S+Z the first frame is here\n/);
    expect(run.output).not.toMatch(/admin|p@ss|p%40/);
  });

  it.each(['Digest', 'Basic'] as const)('says that %s refused the password, without showing it', async (scheme) => {
    server.account = { ...ACCOUNT, scheme };
    const run = start(server.url(PATH, 'admin:very%40secret%2Fword'));
    expect(await run.ended).toEqual({ code: 20, signal: null });
    await eventually(() => expect(run.output).toMatch(/wrong user or password/));
    expect(run.output).not.toMatch(/very|secret|word[^\s]*@/);
  });

  it('finds a camera by the name of its host', async () => {
    await start(server.url(PATH).replace('127.0.0.1', 'localhost')).seeing(3);
  });

  it('says that there is no such stream', async () => {
    expect(await start(server.url('/other')).ended).toEqual({ code: 21, signal: null });
  });

  it('says that it cannot connect', async () => {
    server.refuse = true;
    expect(await start(server.url(PATH, CREDENTIALS)).ended).toEqual({ code: 22, signal: null });
  });

  it('takes a dropped connection for an end, though ffmpeg is content', async () => {
    const run = start(server.url(PATH));
    await run.seeing(5);
    server.dropPlayers(PATH);
    expect(await run.ended).toEqual({ code: 25, signal: null });
    await eventually(() => expect(run.output).toMatch(/ the stream ended after \d+ frames/));
  });

  describe('that sends nothing any more but keeps the connection', () => {
    afterEach(() => server.freeze(PATH, false));

    it('lives on, and its last frame stays where it was', async () => {
      const run = start(server.url(PATH));
      await run.seeing(5);
      server.freeze(PATH, true);
      const stood = await eventually(
        () => {
          const { last_frame_at, fps, state } = run.status();
          return last_frame_at !== null && Date.now() / 1_000 - last_frame_at > 3 && { last_frame_at, fps, state };
        },
        { within: 10_000, what: 'a last frame of three seconds ago' },
      );
      expect(stood).toMatchObject({ state: 'running' });
      expect(run.status().last_frame_at).toBe(stood && stood.last_frame_at);
      server.freeze(PATH, false);
      await eventually(() => run.status().last_frame_at !== (stood && stood.last_frame_at), { what: 'frames again' });
    });

    it('still takes its ffmpeg along when it is killed', async () => {
      const run = start(server.url(PATH));
      await run.seeing(5);
      const [ffmpeg = 0] = childrenOf(run.pid);
      server.freeze(PATH, true);
      await run.end('SIGKILL');
      await eventually(() => server.players(PATH) === 0, { what: 'the connection is closed' });
      expect(childrenOf(ffmpeg)).toEqual([]);
    });
  });

  it('tells a frozen picture from frames that stop', async () => {
    const still = await RtspPublisher.start(server, '/still', FROZEN);
    try {
      const run = start(server.url('/still'));
      await eventually(() => run.status().state === 'frozen', { within: 10_000, what: 'a frozen picture' });
      expect(run.status().fps).toBeGreaterThan(5);
      expect(run.events().map(({ type }) => type)).toEqual(['frozen']);
    } finally {
      await still.stop();
    }
  });
});
