import { maskAddress, maskFields, maskText, unmaskField } from '../../../src/domain/cameras/camera-secrets';

const PASSWORDS = ['geheim', 'p@ss', 'a:b', 'w/x', 'h#sh', 'a@b:c/d#e?f', 'p%40ss', '密码', "quo'te"];

describe('credentials of an address', () => {
  it.each(PASSWORDS)('are hidden, whatever characters the password has: %s', (password) => {
    const shown = maskAddress(`rtsp://admin:${password}@10.0.0.5:554/live`);
    expect(shown).toBe('rtsp://admin:***@10.0.0.5:554/live');
  });

  it.each(PASSWORDS.filter((p) => !/['"]/.test(p)))('are hidden in a sentence of a log: %s', (password) => {
    expect(maskText(`cannot open rtsp://admin:${password}@10.0.0.5/live: refused`)).toBe(
      'cannot open rtsp://admin:***@10.0.0.5/live: refused',
    );
  });

  it('are hidden in a query', () => {
    expect(maskAddress('http://h/x?user=a&password=b&Token=c&w=640')).toBe(
      'http://h/x?user=a&password=***&Token=***&w=640',
    );
  });

  it('leave an address without any as it is', () => {
    for (const plain of [
      '0',
      '/dev/video0',
      'rtsp://10.0.0.5:554/live',
      'videos/a.mp4',
      'testsrc:size=640x360,rate=10',
    ]) {
      expect(maskAddress(plain)).toBe(plain);
    }
  });
});

describe('secrets of a camera', () => {
  it('are hidden in env, under telling keys and in addresses at any depth', () => {
    expect(
      maskFields({
        env: { A: '1' },
        api_key: 'k',
        metadata: { password: 'p', urls: ['http://u:p@h/'] },
        fps: 5,
        name: 'x',
      }),
    ).toEqual({
      env: { A: '***' },
      api_key: '***',
      metadata: { password: '***', urls: ['http://u:***@h/'] },
      fps: 5,
      name: 'x',
    });
  });

  it('come back when their masked form is sent back', () => {
    expect(unmaskField('env', { A: '***', B: 'new' }, { A: 'old' })).toEqual({ A: 'old', B: 'new' });
    expect(unmaskField('metadata', { password: '***', n: 1 }, { password: 'p', n: 0 })).toEqual({
      password: 'p',
      n: 1,
    });
    expect(unmaskField('source', 'rtsp://u:***@h/b', 'rtsp://u:p$&@h/a')).toBe('rtsp://u:p$&@h/b');
  });

  it('do not go to another host or user', () => {
    expect(unmaskField('source', 'rtsp://u:***@other/a', 'rtsp://u:p@h/a')).toBe('rtsp://u:***@other/a');
    expect(unmaskField('source', 'rtsp://x:***@h/a', 'rtsp://u:p@h/a')).toBe('rtsp://x:***@h/a');
    expect(unmaskField('source', 'rtsp://u:***@h.evil/a', 'rtsp://u:p@h/a')).toBe('rtsp://u:***@h.evil/a');
  });
});
