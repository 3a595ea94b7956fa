import { checkCamera, mayBeSet } from '../../../src/domain/cameras/camera-rules';

const DANGEROUS = `
  LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH GCONV_PATH NODE_OPTIONS
  NODE_PATH NODE_EXTRA_CA_CERTS NODE_REPL_EXTERNAL_MODULE ELECTRON_RUN_AS_NODE PATH HOME SHELL IFS ENV
  BASH_ENV BASH_FUNC_x PS4 PROMPT_COMMAND TMPDIR EDITOR PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT
  PYTHONBREAKPOINT PYTHONWARNINGS GIT_SSH_COMMAND GIT_EXEC_PATH GIT_CONFIG_GLOBAL GIT_EXTERNAL_DIFF
  PERL5OPT PERL5LIB RUBYOPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS OPENSSL_CONF SSL_CERT_FILE HTTP_PROXY
  HTTPS_PROXY ALL_PROXY FFMPEG_PATH DETECTOR DATABASE_URL PGHOST MALLOC_CONF LOCPATH NLSPATH TZDIR
  CUDA_PATH`
  .trim()
  .split(/\s+/);

describe('a variable of a camera', () => {
  it.each(DANGEROUS.flatMap((name) => [name, name.toLowerCase(), `${name[0]}${name.slice(1).toLowerCase()}`]))(
    '%s may not be set',
    (name) => expect(mayBeSet(name)).toBe(false),
  );

  it.each(['PATH\nA', ' A', 'A ', 'DETECTOR_X\n', 'DETECTOR_', 'detector_x', 'XDETECTOR_A', ''])(
    'of the odd name %j may not be set',
    (name) => expect(mayBeSet(name)).toBe(false),
  );

  it.each(['DETECTOR_MODE', 'MODEL_PATH', 'REDIS_PASSWORD', 'TZ', 'TOKEN', 'CUDA_VISIBLE_DEVICES', 'A', 'A_1'])(
    '%s may be set',
    (name) => expect(mayBeSet(name)).toBe(true),
  );

  it('is told by its name when it is refused', () => {
    const fields = { id: 'a', name: 'A', source: '0', env: { LD_PRELOAD: 'x', MODE: 'y' } };
    expect(checkCamera(fields).map((f) => [f.type, ...f.path])).toEqual([['forbidden', 'env', 'LD_PRELOAD']]);
  });
});
