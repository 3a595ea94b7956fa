import { Client } from 'pg';
import { parse } from 'yaml';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { needsToken } from '../../src/composition/refusals';
import { readSettings } from '../../src/infrastructure/environment/settings';
import { ROOT } from './dependency-cruise';

interface Composed {
  readonly build?: string;
  readonly image?: string;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly env_file?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

interface Compose {
  readonly services: { readonly watchgate: Composed; readonly postgres: Composed };
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** A value as compose fills it in from an environment; no default may stand within a default. */
const filled = (value: string | number, environment: Readonly<Record<string, string>> = {}): string =>
  String(value).replaceAll(
    /\$\{(\w+):-([^${}]*)\}/g,
    (_, name: string, fallback: string) => environment[name] || fallback,
  );

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(text('docker-compose.yml')) as Compose;
  const { watchgate, postgres } = services;

  /** What the service gets from a `.env`: all of it, under what the modules decides. */
  const given = (dotenv: Readonly<Record<string, string>>) => ({
    ...dotenv,
    ...Object.fromEntries(Object.entries(watchgate.environment).map(([k, v]) => [k, filled(v, dotenv)])),
  });
  const example = parseEnv(text('.env.example')) as Readonly<Record<string, string>>;

  it('has no default within a default, which docker-compose 1 garbles', () => {
    expect(text('docker-compose.yml')).not.toMatch(/\$\{[^}]*\$\{/);
    const values = Object.values(services).flatMap((service: Composed) => Object.values(service.environment));
    expect(values.filter((value) => filled(value).includes('$'))).toEqual([]);
  });

  it.each([
    ['an empty .env', {}],
    ['the example', example],
  ])('gives the service settings that it accepts, a database among them, with %s', (_what, dotenv) => {
    const environment = given(dotenv);
    const settings = readSettings(environment);
    expect(settings).toMatchObject({ host: '0.0.0.0', port: 8000, dataDir: '/app/data', logDir: '/app/logs' });
    expect(needsToken(settings)).toBe(true);
    expect([settings.useDomain, settings.rolloutPercent]).toEqual([undefined, undefined]);
    const { hostname, username, password, pathname } = new URL(settings.databaseUrl);
    expect({ hostname, username, password, pathname }).toEqual({
      hostname: 'postgres',
      username: filled(postgres.environment.POSTGRES_USER ?? ''),
      password: '',
      pathname: `/${filled(postgres.environment.POSTGRES_DB ?? '')}`,
    });
    const was = process.env.PGPASSWORD;
    process.env.PGPASSWORD = environment.PGPASSWORD;
    expect(new Client({ connectionString: settings.databaseUrl })).toMatchObject({ password: 'change-me' });
    if (was === undefined) delete process.env.PGPASSWORD;
    else process.env.PGPASSWORD = was;
  });

  it('gives both the same password, and the service every setting of .env that is not decided by the modules', () => {
    expect(watchgate.env_file).toEqual(['.env']);
    const POSTGRES_PASSWORD = 'another';
    expect(given({ POSTGRES_PASSWORD }).PGPASSWORD).toBe(
      filled(postgres.environment.POSTGRES_PASSWORD ?? '', { POSTGRES_PASSWORD }),
    );
    const decided = ['DATABASE_URL', 'DATA_DIR', 'HOST', 'LOG_DIR', 'PGPASSWORD', 'PORT'];
    expect(Object.keys(watchgate.environment).sort()).toEqual(decided);
    const dotenv = {
      DETECTOR_COMMAND: 'detect {camera_id}',
      ROLLOUT_FILE: 'config/r.yaml',
      USE_DOMAIN_SERVICE: 'true',
      ROLLOUT_PERCENT: '25',
    };
    const url = 'postgres://me:secret@db.example/site';
    expect(readSettings(given({ ...dotenv, NODE_ENV: 'production', DATABASE_URL: url }))).toMatchObject({
      detectorCommand: ['detect', '{camera_id}'],
      rolloutFile: expect.stringMatching(/config\/r.yaml$/),
      logJson: true,
      useDomain: true,
      rolloutPercent: 25,
      databaseUrl: url,
    });
  });

  it('waits for longer than the service takes to end', () => {
    const ends = Number(
      /const END_WITHIN_MS = ([\d_]+);/.exec(text('src/composition/service.ts'))?.[1]?.replaceAll('_', ''),
    );
    expect(ends).toBeGreaterThan(10_000);
    expect(Number.parseInt(watchgate.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(ends);
  });

  it('publishes ports on this machine only', () => {
    const ports = Object.values(services).flatMap((service: Composed) => service.ports ?? []);
    expect(ports.map((port) => filled(port))).toEqual(['127.0.0.1:8000:8000']);
  });

  it('mounts the configuration as a folder and keeps data and logs in volumes that it declares', () => {
    expect(watchgate.volumes).toContain('./config:/app/config');
    const named = [...watchgate.volumes, ...postgres.volumes].filter((v) => !v.startsWith('.'));
    expect(new Set(named.map((v) => v.split(':')[0]))).toEqual(new Set(Object.keys(volumes)));
  });

  it('gives the service no rights beyond those of its user, and no file to write but its folders', () => {
    expect(watchgate).toMatchObject({ cap_drop: ['ALL'], read_only: true, tmpfs: ['/tmp'] });
    expect(watchgate.cap_add).toBeUndefined();
    for (const service of [watchgate, postgres]) {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
    }
    const writable = watchgate.volumes.map((volume) => volume.split(':')[1]);
    const made = /RUN mkdir (.*?) &&/.exec(text('Dockerfile'))?.[1]?.split(' ') ?? [];
    expect(new Set(writable)).toEqual(new Set(made.map((folder) => `/app/${folder}`)));
    // Any WATCHGATE_USER: what the image makes is open to whoever runs in it, and a volume begins as the image has it.
    expect(text('Dockerfile')).toContain(`&& chmod 1777 ${made.join(' ')}\n`);
  });

  it('starts the service when the database is healthy', () => {
    expect(watchgate.depends_on?.postgres?.condition).toBe('service_healthy');
    expect(postgres.healthcheck).toBeDefined();
    expect(postgres.image).toBe('postgres:16');
  });
});

describe('the Dockerfile', () => {
  const lines = text('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const copied = lines
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));

  it('copies what there is and what .dockerignore lets through', () => {
    const kept = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
    expect([...new Set(copied)].sort()).toEqual(kept.sort());
  });

  it('starts the entry point of the package as an ordinary user', () => {
    const { bin } = JSON.parse(text('package.json')) as { bin: { watchgate: string } };
    const last = (word: string) => lines.filter((line) => line.startsWith(`${word} `)).at(-1);
    expect(last('CMD')).toBe(`CMD ["node", "${bin.watchgate}"]`);
    expect(last('USER')).toBe('USER node');
    expect(
      lines.filter((line) => line.startsWith('FROM ')).every((line) => /^FROM node:24-bookworm-slim( |$)/.test(line)),
    ).toBe(true);
  });
});

describe('package-lock.json', () => {
  const lock = JSON.parse(text('package-lock.json')) as {
    packages: Readonly<Record<string, { integrity?: string; resolved?: string; link?: boolean }>>;
  };

  it('says of every package what it must be, and of none where it is from', () => {
    const packages = Object.entries(lock.packages).filter(
      ([name, { link }]) => name.includes('node_modules/') && !link,
    );
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([]);
  });
});
