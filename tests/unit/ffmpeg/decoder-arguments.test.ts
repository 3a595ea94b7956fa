import { readSource } from '../../../src/infrastructure/ffmpeg/camera-source';
import { decoderArguments } from '../../../src/infrastructure/ffmpeg/decoder-arguments';
import { readBuild } from '../../../src/infrastructure/ffmpeg/ffmpeg-build';

const OLD = readBuild(
  ['ffmpeg'],
  'ffmpeg version N-47683-g0e8eb07980-static https',
  '  -vsync  x\n  -stimeout <int> x\n  -timeout <int>',
);
const NEW = readBuild(['ffmpeg'], 'ffmpeg version 5.1.9-0+deb12u1 Copyright', '-fps_mode x\n  -timeout <int64>');

const commandLine = (source: string, build = NEW, options = {}) =>
  decoderArguments(readSource(source), build, options).join(' ');

describe('the build of ffmpeg', () => {
  it('says how its options are called and whether it can be given names', () => {
    expect(OLD).toMatchObject({
      socketTimeout: '-stimeout',
      passthrough: ['-vsync', 'passthrough'],
      resolvesNames: false,
    });
    expect(NEW).toMatchObject({
      socketTimeout: '-timeout',
      passthrough: ['-fps_mode', 'passthrough'],
      resolvesNames: true,
    });
  });
});

describe('the arguments of ffmpeg', () => {
  it('give RTSP its timeout by the name that the build knows, and no other transport than TCP', () => {
    const rtsp = 'rtsp://u:p@10.0.0.1/live';
    expect(commandLine(rtsp, OLD)).toMatch(
      / -rtsp_transport tcp .* -stimeout 10000000 .* -i rtsp:\/\/u:p@10.0.0.1\/live /,
    );
    expect(commandLine(rtsp)).toContain(' -timeout 10000000 ');
  });

  it.each([
    ['rtsp://10.0.0.1/a', 'rtsp,rtsps,rtp,tcp,tls'],
    ['http://10.0.0.1/a', 'http,https,tcp,tls,crypto'],
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

  it('tell a web server the name that the address stands for', () => {
    const source = readSource('http://10.0.0.1:81/a');
    const args = decoderArguments({ ...source, nameOfHost: 'cam.lan' } as typeof source, OLD);
    expect(args[args.indexOf('-headers') + 1]).toBe('Host: cam.lan:81\r\n');
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
