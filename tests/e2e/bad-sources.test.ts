import { readdirSync } from 'node:fs';
import { CameraSite } from '../support/camera-site';
import { eventually } from '../support/eventually';

/** Refused when it is written. */
const REFUSED = [
  ['an address of 4 KB', `rtsp://127.0.0.1/${'x'.repeat(4_096)}`],
  ['a file: address', 'file:///etc/passwd'],
  ['an option of ffmpeg', '-f'],
  ['nothing', '  '],
  ['a control character', 'rtsp://127.0.0.1/\n-i'],
] as const;

/** Accepted, for they could be right: what is wrong shows in the state. */
const ACCEPTED = [
  ['a folder', '/etc', 'not_a_video'],
  ['a file that is no video', '/etc/passwd', 'not_a_video'],
  ['a missing file', 'films/nowhere.mp4', 'not_a_video'],
  ['words for a shell', '$(touch pwned);touch pwned|`touch pwned`', 'not_a_video'],
  ['an unknown host', 'rtsp://no-such-host.invalid/live', 'unresolvable'],
  ['a port where nobody listens', 'rtsp://127.0.0.1:1/live', 'unreachable'],
] as const;

describe('a source that is no camera', () => {
  let site: CameraSite;

  beforeAll(async () => {
    site = await CameraSite.start('cameras: []\n');
  }, 180_000);
  afterAll(() => site.remove());

  it.each(REFUSED)('%s is refused when it is written', async (_, source) => {
    const { status, body } = await site.call('POST', '/cameras', { id: 'refused', name: 'n', source });
    expect([status, body]).toMatchObject([400, { errors: [{ loc: ['body', 'source'] }] }]);
  });

  it.each(ACCEPTED.map((row, i) => [...row, `bad${i}`] as const))(
    '%s says what is wrong with it, as state and as preview',
    async (_, source, reason, id) => {
      expect(await site.call('POST', '/cameras', { id, name: 'n', source })).toMatchObject({ status: 200 });
      expect((await site.call('POST', `/cameras/${id}/start`)).status).toBe(200);
      await eventually(async () => expect(await site.status(id)).toMatchObject({ state: 'backoff', reason }), {
        within: 15_000,
      });
      const { status, bytes } = await site.preview(id);
      expect([status, JSON.parse(bytes.toString())]).toMatchObject([502, { code: 'camera.source_failed', reason }]);
      expect((await site.call('POST', `/cameras/${id}/stop`)).body).toMatchObject({ state: 'stopped', running: false });
      expect(readdirSync(site.folder.dir)).not.toContain('pwned');
    },
    30_000,
  );

  it('is told from a camera that is unknown or inactive', async () => {
    await site.call('POST', '/cameras', { id: 'idle', name: 'n', source: '/etc', active: false });
    for (const command of ['start', 'restart']) {
      expect((await site.call('POST', `/cameras/idle/${command}`)).body).toMatchObject({ code: 'camera.inactive' });
      expect((await site.call('POST', `/cameras/nobody/${command}`)).body).toMatchObject({ code: 'camera.not_found' });
    }
    expect((await site.call('POST', '/cameras/-f/start')).status).toBe(404);
    expect((await site.call('POST', '/cameras/..%2F..%2Fetc/start')).status).toBe(404);
  });
});
