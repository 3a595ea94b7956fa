import { readSource } from '../../../src/infrastructure/ffmpeg/camera-source';
import { addressOf } from '../../../src/infrastructure/ffmpeg/network-source';
import { resolveHost } from '../../../src/infrastructure/ffmpeg/open-camera';

function network(text: string) {
  const source = readSource(text);
  if (source.kind !== 'network') throw new Error(`a ${source.kind}`);
  return source;
}

describe('a source', () => {
  it.each([
    ['0', { kind: 'device', path: '/dev/video0' }],
    ['/dev/video12', { kind: 'device', path: '/dev/video12' }],
    ['/films/a b:c.mp4', { kind: 'file', path: '/films/a b:c.mp4' }],
    ['subfile,,:a', { kind: 'file', path: `${process.cwd()}/subfile,,:a` }],
    ['-f', { kind: 'file', path: `${process.cwd()}/-f` }],
    ['testsrc:', { kind: 'test', size: '640x360', rate: 10 }],
    ['testsrc:size=320x240,rate=5', { kind: 'test', size: '320x240', rate: 5 }],
    ['testsrc:rate=5', { kind: 'test', size: '640x360', rate: 5 }],
  ])('may be %s', (text, source) => expect(readSource(text)).toEqual(source));

  it.each([
    '',
    'file:///etc/passwd',
    'concat:a|b',
    'pipe:0',
    'data:,x',
    'tee:x',
    'async:file:/a',
    'lavfi:movie=/etc/passwd',
    'testsrc:size=64x64,drawtext=textfile=/etc/passwd',
    'testsrc:size=9999x9999',
    'testsrc:rate=0',
    'rtsp://',
    'rtsp:/a',
    'http://a:b:c/',
    'rtsp://a/\r\nX: y',
    'http://a:80#b/',
    'http://a\\@b/',
    'http://a/#b',
    'http://a:99999/',
    `http://a/${'a'.repeat(2_000)}`,
  ])('may not be %j', (text) =>
    expect(() => readSource(text)).toThrow(expect.objectContaining({ reason: 'not-a-video' })),
  );

  it.each([
    ['rtsp://10.0.0.1/live', ['', '10.0.0.1', '', '/live']],
    ['rtsp://cam:554', ['', 'cam', ':554', '']],
    ['rtsp://u:p@cam:554/a?b=c@d', ['u:p@', 'cam', ':554', '/a?b=c@d']],
    ['rtsp://cam/a@b', ['', 'cam', '', '/a@b']],
    ['rtsp://u:p%40%3A%2F@[fe80::1]:554/a', ['u:p%40%3A%2F@', '[fe80::1]', ':554', '/a']],
    ['rtsp://u:p@ss:w/o#rd%@cam/a', ['u:p%40ss%3Aw%2Fo%23rd%25@', 'cam', '', '/a']],
    ['http://u@cam/a b', ['u@', 'cam', '', '/a%20b']],
  ])('has its parts: %s', (text, parts) => {
    const { credentials, host, port, rest } = network(text);
    expect([credentials, host, port, rest]).toEqual(parts);
  });
});

describe('the host of a source', () => {
  const dual = () =>
    Promise.resolve([
      { address: '::1', family: 6 },
      { address: '10.0.0.9', family: 4 },
    ]);

  it('becomes an address, the older kind if there is a choice; all else stays', async () => {
    const resolved = await resolveHost(network('rtsp://u:p%40@cam.lan:8554/a?b'), dual);
    expect(addressOf(resolved)).toBe('rtsp://u:p%40@10.0.0.9:8554/a?b');
    expect(resolved.nameOfHost).toBe('cam.lan');
  });

  it('stays when it is an address', async () => {
    const fail = () => Promise.reject(new Error('asked'));
    for (const text of ['rtsp://10.0.0.1/a', 'rtsp://[::1]:5/a'])
      expect(addressOf(await resolveHost(network(text), fail))).toBe(text);
  });

  it('gets brackets when it has only an address of the newer kind', async () => {
    const found = await resolveHost(network('http://cam/a'), () => Promise.resolve([{ address: '::1', family: 6 }]));
    expect(addressOf(found)).toBe('http://[::1]/a');
  });

  it('is unresolvable when nobody knows it', async () => {
    const unresolvable = expect.objectContaining({ reason: 'unresolvable' });
    await expect(resolveHost(network('http://cam/a'), () => Promise.resolve([]))).rejects.toEqual(unresolvable);
    await expect(resolveHost(network('http://cam/a'), () => Promise.reject(new Error('no')))).rejects.toEqual(
      unresolvable,
    );
  });
});
