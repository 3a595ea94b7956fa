import {
  CameraPreviews,
  CameraProbes,
  type Picture,
  type Seen,
} from '../../../src/application/camera-control/camera-previews';
import { runInCall } from '../../../src/application/shared/call-context';
import { Camera } from '../../../src/domain/cameras/camera';
import { DomainError } from '../../../src/domain/shared/domain-error';

const NOW = Date.UTC(2030, 0, 1);
const jpeg = (name: string): Uint8Array => Buffer.from(name);
const camera = (source: string, changed = NOW - 60_000): Camera =>
  Camera.restore({ id: 'cam1', source }, new Date(0), new Date(changed));

describe('a preview', () => {
  let newest: Picture | undefined;
  let grabbed: string[];
  let deliver: (picture: Uint8Array | undefined) => void;
  let previews: CameraPreviews;

  const seen = (ago: number): Picture => ({ jpeg: jpeg('seen'), takenAt: new Date(NOW - ago) });

  beforeEach(() => {
    newest = undefined;
    grabbed = [];
    const grab = (source: string) => {
      grabbed.push(source);
      return new Promise<Uint8Array | undefined>((resolve) => (deliver = resolve));
    };
    previews = new CameraPreviews({ newest: async () => newest, grab }, () => new Date(NOW));
  });

  /** Asks, and lets the camera answer once it was asked. */
  const shown = async (of: Camera, picture: Uint8Array | undefined) => {
    const showing = previews.show(of);
    await new Promise(setImmediate);
    deliver?.(picture);
    return showing;
  };

  it('is what the worker saw last, if that is of the present, and says how old it is', async () => {
    newest = seen(1_999);
    expect(await previews.show(camera('a'))).toMatchObject({
      type: 'image/jpeg',
      body: jpeg('seen'),
      headers: { 'x-frame-age': '1.999', 'cache-control': 'no-store' },
    });
    expect(grabbed).toEqual([]);
  });

  it('comes from the camera itself when the worker saw nothing for two seconds', async () => {
    newest = seen(2_000);
    expect(await shown(camera('a'), jpeg('fresh'))).toMatchObject({
      body: jpeg('fresh'),
      headers: { 'x-frame-age': '0.000' },
    });
  });

  it('comes from the camera itself when what the worker saw may be from before a change of the source', async () => {
    newest = seen(1_000);
    expect(await shown(camera('a', NOW - 500), jpeg('fresh'))).toMatchObject({ body: jpeg('fresh') });
  });

  it('is one for all who ask at once, and a new one for those who ask later', async () => {
    const all = Array.from({ length: 50 }, () => previews.show(camera('a')));
    await shown(camera('a'), jpeg('one'));
    expect((await Promise.all(all)).map(({ body }) => body)).toEqual(all.map(() => jpeg('one')));
    expect(grabbed).toEqual(['a']);
    await shown(camera('a'), jpeg('two'));
    expect(grabbed).toEqual(['a', 'a']);
  });

  it('is not of the old source for who asks after it changed', async () => {
    const old = previews.show(camera('a'));
    await new Promise(setImmediate);
    const deliverOld = deliver;
    expect(await shown(camera('b'), jpeg('of b'))).toMatchObject({ body: jpeg('of b') });
    deliverOld(jpeg('of a'));
    expect(await old).toMatchObject({ body: jpeg('of a') });
  });

  it('is refused where there is no source', async () => {
    await expect(previews.show(camera('  '))).rejects.toMatchObject({ kind: 'invalid', code: 'camera.source_empty' });
  });

  it('is not asked for again within a minute where the password was refused, unless the source changed', async () => {
    const refusal = new DomainError('camera.source_failed', 'no', {
      extra: { reason: 'auth_failed' },
    });
    let now = NOW;
    const asked: string[] = [];
    const grab = async (source: string) => {
      asked.push(source);
      throw refusal;
    };
    const refused = new CameraPreviews({ newest: async () => undefined, grab }, () => new Date(now));
    const ask = (source: string) => expect(refused.show(camera(source))).rejects.toBe(refusal);
    await ask('a');
    now += 59_999;
    await ask('a');
    expect(asked).toEqual(['a']);
    await ask('b');
    now += 1;
    await ask('a');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('fails in time when the camera is silent, with the age of the last picture if there is one', async () => {
    await expect(shown(camera('a'), undefined)).rejects.toMatchObject({
      kind: 'source-silent',
      details: { headers: {} },
    });
    newest = seen(7_250);
    await expect(shown(camera('a'), undefined)).rejects.toMatchObject({
      details: { headers: { 'x-last-frame-age': '7.250' } },
    });
  });
});

describe('trying a source', () => {
  const SEEN: Seen = { jpeg: jpeg('seen'), codec: 'h264', width: 1280, height: 720, fps: 25 };
  const stored = camera('rtsp://u:geheim@h/x');

  function probing(answer: () => Promise<Seen | undefined> = async () => SEEN) {
    const looks: { source: string; ms: number; over: () => void }[] = [];
    const time = { now: NOW };
    const look = (source: string, ms: number, over: () => void) => {
      looks.push({ source, ms, over });
      return answer();
    };
    const cameras = { get: async (id: string) => (id === 'cam1' ? stored : undefined) };
    return { probes: new CameraProbes(cameras, look, () => new Date(time.now)), looks, time };
  }

  it('shows its stream and a picture, within ten seconds', async () => {
    const { probes, looks } = probing();
    const { jpeg: _, ...stream } = SEEN;
    const picture = Buffer.from('seen').toString('base64');
    expect(await probes.probe({ source: ' rtsp://u:p@h/x ' })).toEqual({ ok: true, ...stream, picture });
    expect(looks).toMatchObject([{ source: 'rtsp://u:p@h/x', ms: 10_000 }]);
  });

  it('takes the stored secret of a camera for its masks, but sends it to no other host', async () => {
    const { probes, looks } = probing();
    await probes.probe({ source: 'rtsp://u:***@h/y', camera_id: 'cam1' });
    expect(looks[0]?.source).toBe('rtsp://u:geheim@h/y');
    const elsewhere = probes.probe({ source: 'rtsp://u:***@evil/y', camera_id: 'cam1' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'camera.invalid' });
    await expect(probes.probe({ source: '0', camera_id: 'x' })).rejects.toMatchObject({ code: 'camera.not_found' });
    expect(looks).toHaveLength(1);
  });

  it.each(['', 'file:///etc/passwd', '-f', 'rtsp://u:***@h/x', 'rtsp://a@b@c/'])(
    'refuses %j, as of a camera',
    async (source) => {
      const { probes, looks } = probing();
      await expect(probes.probe({ source })).rejects.toMatchObject({ code: 'camera.invalid' });
      expect(looks).toEqual([]);
    },
  );

  it('goes on for two at once, until nothing of them runs any more', async () => {
    const { probes, looks } = probing(async () => undefined);
    const silent = { code: 'camera.source_silent' };
    await expect(probes.probe({ source: '0' })).rejects.toMatchObject(silent);
    await expect(probes.probe({ source: '1' })).rejects.toMatchObject(silent);
    await expect(probes.probe({ source: '2' })).rejects.toMatchObject({ code: 'camera.probe_busy' });
    looks[0]?.over();
    await expect(probes.probe({ source: '2' })).rejects.toMatchObject(silent);
  });

  it('is throttled by caller', async () => {
    const { probes, looks, time } = probing(async () => {
      looks.at(-1)?.over();
      return SEEN;
    });
    const by = (actor: string) => runInCall({ requestId: 'r', actor }, () => probes.probe({ source: '0' }));
    for (let i = 0; i < 6; i += 1) await by('li');
    await expect(by('li')).rejects.toMatchObject({
      code: 'access.throttled',
      details: { headers: { 'retry-after': '10' } },
    });
    await by('wang');
    time.now += 10_000;
    await by('li');
  });
});
