import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SettingsError } from '../../../src/infrastructure/environment/setting-readers';
import { readSettings, settingsHelp } from '../../../src/infrastructure/environment/settings';

const ROOT = path.resolve(__dirname, '../../..');

/** The settings table as `--help` prints it. */
const helped = settingsHelp()
  .split('\n')
  .map((line) => /^ {2}(?<name>[A-Z_]+) +(?<about>.+) \[(?<fallback>.*)\]$/.exec(line)?.groups);

/** The lines that `.env.example` should have for it, in any order of the variables. */
const example = () => readFileSync(path.join(ROOT, '.env.example'), 'utf8');

describe('the settings', () => {
  it('are helped with a name, a meaning and a default each', () => {
    expect(helped.length).toBeGreaterThan(0);
    expect(helped).not.toContain(undefined);
  });

  it('stand in .env.example, each with its meaning and its default, and nothing else does', () => {
    const [introduction, ...entries] = example().trimEnd().split('\n\n');
    expect(introduction).toMatch(/^(# .*\n?)+$/);
    const line = (name?: string, fallback?: string) => (fallback === 'not set' ? `#${name}=` : `${name}=${fallback}`);
    expect(entries).toEqual(helped.map((h) => `# ${h?.about}\n${line(h?.name, h?.fallback)}`));
  });

  it('stand in docs/settings.md', () => {
    const page = readFileSync(path.join(ROOT, 'docs/settings.md'), 'utf8');
    expect(helped.map((h) => h?.name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('are the same from .env.example as from an empty environment', () => {
    const lines = example()
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    const environment = Object.fromEntries(
      lines.map((line) => [line.split('=')[0] ?? '', line.replace(/^[^=]*=/, '')]),
    );
    expect(readSettings(environment)).toEqual(readSettings({}));
  });
});

describe('ROLLOUT_PERCENT', () => {
  it.each(['', 'abc', '-1', '100.01', '101', '50%', '1e1', ' 50', 'NaN', 'Infinity', '0x10', '33.333', '5,5', 'null'])(
    'is refused as %j: a share that cannot be read is never guessed',
    (text) => {
      expect(() => readSettings({ ROLLOUT_PERCENT: text })).toThrow('ROLLOUT_PERCENT must be a number from 0 to 100');
    },
  );

  it.each([
    ['0', 0],
    ['0.01', 0.01],
    ['29.03', 29.03],
    ['100', 100],
  ])('is read from %j', (text, share) => {
    expect(readSettings({ ROLLOUT_PERCENT: text }).rolloutPercent).toBe(share);
  });
});

describe('LEGACY_BASE_URL', () => {
  it.each(['', 'http://old:8000', 'https://old.example.org/site/', 'http://bridge:p%40ss@[::1]:8000'])(
    'is taken as %j',
    (url) => expect(readSettings({ LEGACY_BASE_URL: url }).legacyBaseUrl).toBe(url),
  );

  it.each([
    'old:8000',
    'ftp://old',
    'https://',
    'http://old?x=1',
    'http://old#x',
    'http://old:port',
    'http://u:a@b@old',
    'http://u:a/b@old',
    'http://u:%zz@old',
    ' http://old',
    'http://old ',
  ])('is refused as %j, without repeating it', (url) => {
    const read = () => readSettings({ LEGACY_BASE_URL: url });
    expect(read).toThrow(
      /^The environment has 1 bad setting\(s\):\n {2}- LEGACY_BASE_URL must be empty or a URL like /,
    );
    expect(read).not.toThrow(url);
  });
});

describe('DATABASE_URL', () => {
  it.each([
    '',
    'postgres://db.example.org/site',
    'postgresql://watch@[::1]:5433/site?sslmode=require',
    'postgres://watch:p%40ss%2Fw%23rd@127.0.0.1:5432/site',
    'postgres://watch@/site?host=/run/postgresql',
    'postgres://watch@localhost:5432/site?host=%2Frun%2Fpostgresql',
    'postgres://watch:p%40ss@db1:5432,db2:5433,[::1]/site?sslmode=require',
  ])('is taken as %j', (url) => expect(readSettings({ DATABASE_URL: url }).databaseUrl).toBe(url));

  it.each([
    'mysql://x',
    'localhost',
    'postgres://u:a@b@c/d',
    'postgres://u:a#b@c/d',
    'postgres://u:a/b@c/d',
    'postgres://u:1/b@c/d',
    'postgres://u:a?b@c/d',
    'postgres://u:%zz@c/d',
    'postgres://c:port/d',
    'postgres://a:5432,b:port/d',
  ])('is refused as %j, without repeating it', (url) => {
    let refused: unknown;
    try {
      readSettings({ DATABASE_URL: url });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(SettingsError);
    expect(String(refused)).not.toContain(url);
  });
});

describe('the settings of alerts', () => {
  it.each([
    ['WEBHOOK_ALLOW', 'hooks.plant, 10.0.0.0/8,192.168.1.5 ,fd00::/8,::1'],
    ['ALERT_WEBHOOK_URL', 'https://hooks.example/x?y=1'],
    ['SMTP_URL', 'smtp://user:p%40ss@mail.example:587'],
    ['SMTP_URL', 'smtps://mail.example'],
  ])('take %s as %j', (name, value) => expect(() => readSettings({ [name]: value })).not.toThrow());

  it('read the places that webhooks may go to', () => {
    expect(readSettings({ WEBHOOK_ALLOW: 'Hooks.plant, 10.0.0.0/8' }).webhookAllow).toEqual([
      'Hooks.plant',
      '10.0.0.0/8',
    ]);
    expect(readSettings({ WEBHOOK_ALLOW: '' }).webhookAllow).toEqual([]);
  });

  it.each([
    ['WEBHOOK_ALLOW', '10.0.0.0/33'],
    ['WEBHOOK_ALLOW', '10.0.0.0/x'],
    ['WEBHOOK_ALLOW', '10.0.0.0/8/8'],
    ['WEBHOOK_ALLOW', 'fd00::/129'],
    ['WEBHOOK_ALLOW', 'http://hooks.plant'],
    ['WEBHOOK_ALLOW', 'hooks.plant/8'],
    ['WEBHOOK_ALLOW', 'a,,b'],
    ['ALERT_WEBHOOK_URL', 'ftp://geheim'],
    ['ALERT_WEBHOOK_URL', 'https://user:geheim@hooks.example'],
    ['SMTP_URL', 'http://geheim'],
    ['SMTP_URL', 'smtp://u:geheim@x@mail'],
    ['SMTP_URL', 'smtp://u:%zz@geheim'],
  ])('refuse %s as %j, without repeating it', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(`${name} must be`);
    expect(() => readSettings({ [name]: value })).not.toThrow('geheim');
  });
});
