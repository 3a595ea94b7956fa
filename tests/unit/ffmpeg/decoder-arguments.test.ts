import { readSource } from '../../../src/infrastructure/ffmpeg/camera-source';
import { readBuild } from '../../../src/infrastructure/ffmpeg/ffmpeg-build';
import { streamIn } from '../../../src/infrastructure/ffmpeg/frame-grabber';
import { decoderArguments } from '../../../src/infrastructure/ffmpeg/ffmpeg-decoder';

const OLD = readBuild(
  ['ffmpeg'],
  'ffmpeg version N-47683-g0e8eb07980-static https',
  '  -vsync  x\n  -stimeout <int> x\n  -timeout <int>',
);
const NEW = readBuild(['ffmpeg'], 'ffmpeg version 5.1.9-0+deb12u1 Copyright', '-fps_mode x\n  -timeout <int64>');

const commandLine = (source: string, build = NEW, options = {}) =>
  decoderArguments(readSource(source), build, { address: 'rtsp://127.0.0.1:1/camera', ...options }).join(' ');

describe('the build of ffmpeg', () => {
  it('says how its options are called and which it is', () => {
    expect(OLD).toMatchObject({
      socketTimeout: '-stimeout',
      passthrough: ['-vsync', 'passthrough'],
      version: 'N-47683-g0e8eb07980-static',
    });
    expect(NEW).toMatchObject({
      socketTimeout: '-timeout',
      passthrough: ['-fps_mode', 'passthrough'],
      version: '5.1.9-0+deb12u1',
    });
  });
});

describe('the arguments of ffmpeg', () => {
  it('give RTSP its timeout by the name that the build knows, and no other transport than TCP', () => {
    const rtsp = 'rtsp://u:p@10.0.0.1/live';
    expect(commandLine(rtsp, OLD)).toMatch(
      / -rtsp_transport tcp .* -stimeout 10000000 .* -i rtsp:\/\/127.0.0.1:1\/camera /,
    );
    expect(commandLine(rtsp)).toContain(' -timeout 10000000 ');
  });

  it.each([
    ['rtsp://10.0.0.1/a', 'rtsp,rtp,tcp'],
    ['http://10.0.0.1/a', 'pipe'],
    ['a.mp4', 'file'],
    ['0', 'file'],
  ])('let %s use these protocols only: %s', (source, protocols) => {
    expect(commandLine(source)).toContain(`-protocol_whitelist ${protocols} `);
  });

  it('let a file be a video only, and never a list of other files or text', () => {
    const [, formats = ''] = /-format_whitelist (\S+)/.exec(commandLine('a.mp4')) ?? [];
    expect(formats.split(',')).toContain('mov');
    for (const list of ['concat', 'hls', 'dash', 'sdp', 'tty', 'lavfi', 'image2', 'rtsp'])
      expect(formats.split(',')).not.toContain(list);
  });

  it.each(['rtsp://viewer:geheim@10.0.0.1/a?pw=geheim', 'http://viewer:geheim@10.0.0.1/a?pw=geheim'])(
    'hold nothing of the address of a camera: %s',
    (source) => expect(commandLine(source)).not.toMatch(/geheim|viewer|10\.0\.0\.1/),
  );

  it('bound what a stream can make ffmpeg keep in memory', () => {
    expect(commandLine('rtsp://10.0.0.1/a')).toMatch(/ -max_alloc \d+ .*-max_pixels \d+ .* -i /);
  });

  it('keep the name of a file one word that is no option and no protocol', () => {
    const args = decoderArguments(readSource('/films/a -y b.mp4'), NEW);
    expect(args[args.indexOf('-i') + 1]).toBe('file:/films/a -y b.mp4');
  });

  it('burn a clock in where the build can', () => {
    expect(commandLine('testsrc:', NEW, { clock: true })).toContain(
      'testsrc2=size=640x360:rate=10,drawtext=text=%{localtime}',
    );
    expect(commandLine('testsrc:')).not.toContain('drawtext');
  });
});

describe('what ffmpeg says of its input', () => {
  it.each([
    [
      '  Stream #0:0: Video: h264 (High), yuv420p(progressive), 1280x720 [SAR 1:1 DAR 16:9], 25 fps, 25 tbr, 90k tbn\n' +
        '  Stream #0:0: Video: rawvideo, gray, 80x45, 10 fps',
      { codec: 'h264', width: 1280, height: 720, fps: 25 },
    ],
    [
      'Stream #0:1: Audio: aac\n  Stream #0:0[0x100](und): Video: hevc (Main) (HEVC / 0x43564548), yuvj420p(pc), 2688x1520, 12.5 fps',
      { codec: 'hevc', width: 2688, height: 1520, fps: 12.5 },
    ],
    [
      '    Stream #0:0: Video: mjpeg (Baseline), yuvj420p, 640x360, 90k tbr, 90k fps',
      { codec: 'mjpeg', width: 640, height: 360, fps: null },
    ],
    [
      'Stream #0:0: Video: rawvideo (I420 / 0x30323449), yuv420p, 320x180 [SAR 1:1 DAR 16:9], 5 tbr, 5 tbn, 5 tbc',
      { codec: 'rawvideo', width: 320, height: 180, fps: 5 },
    ],
    ['nothing of it', { codec: null, width: null, height: null, fps: null }],
  ])('names the stream: %s', (said, expected) => {
    expect(streamIn(said)).toEqual(expected);
  });
});
