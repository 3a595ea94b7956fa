import { readSource } from '../../../src/infrastructure/ffmpeg/camera-source';
import { explainEnding, maskOutput } from '../../../src/infrastructure/ffmpeg/explain-ending';

const SOURCE = readSource('rtsp://admin:p%40ss%2F1@10.0.0.1/404 Not Found');
const FILE = readSource('/films/refused 401 Unauthorized.mp4');
const ended = (stderr: string, more = {}) => ({ code: 1, signal: null, stderr, frames: 0, ...more });

describe('the ending of ffmpeg', () => {
  it.each([
    ['[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized', 'auth-failed'],
    ['[http @ 0x1] HTTP error 401 Unauthorized', 'auth-failed'],
    ['Server returned 403 Forbidden (access denied)', 'auth-failed'],
    ['[rtsp @ 0x1] method DESCRIBE failed: 404 Not Found', 'not-found'],
    ['Server returned 404 Not Found', 'not-found'],
    ['Connection to tcp://10.0.0.1:554 failed: Connection refused', 'unreachable'],
    ['Connection to tcp://10.0.0.1:554 failed: Connection timed out', 'unreachable'],
    ['rtsp://x: No route to host', 'unreachable'],
    ['rtsp://x: Invalid data found when processing input', 'unreachable'],
    ['[tcp @ 0x1] Failed to resolve hostname cam: Name or service not known', 'unresolvable'],
    ['something new', 'unusable'],
  ])('%s', (stderr, reason) => expect(explainEnding(ended(stderr), SOURCE).reason).toBe(reason));

  it.each(['Invalid data found when processing input', 'Output file does not contain any stream', 'Invalid argument'])(
    'of a file: %s',
    (said) =>
      expect(explainEnding(ended(`file:/films/refused 401 Unauthorized.mp4: ${said}`), FILE).reason).toBe(
        'not-a-video',
      ),
  );

  it('after frames is the end of the stream, whatever it says and with any code', () => {
    for (const code of [0, 1])
      expect(explainEnding(ended('Connection reset by peer', { code, frames: 9 }), SOURCE).reason).toBe('ended');
    expect(explainEnding(ended('', { code: 0 }), SOURCE).reason).toBe('ended');
  });

  it('by a signal is a crash', () => {
    const crash = explainEnding(ended('', { code: null, signal: 'SIGSEGV' }), SOURCE);
    expect(crash).toMatchObject({ reason: 'unusable', message: 'ffmpeg was ended by SIGSEGV' });
  });

  it('shows no password, in whatever form ffmpeg does', () => {
    for (const form of ['rtsp://admin:p%40ss%2F1@10.0.0.1/x', 'p@ss/1', 'p%40ss%2F1', 'tcp://u:other@h/'])
      expect(maskOutput(`a ${form}: b`, SOURCE)).not.toMatch(/p@ss|ss\/1|ss%2F1|other/);
  });
});
