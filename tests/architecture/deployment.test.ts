import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../../src/infrastructure/environment/settings';
import { ROOT } from './dependency-cruise';

interface Composed {
  readonly build?: string;
  readonly image?: string;
  readonly environment: Readonly<Record<string, string | number>>;
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

/** Values as compose fills them in from an empty environment. */
function filled(value: string | number): string {
  const inner = String(value).replaceAll(/\$\{\w+:-([^${}]*)\}/g, '$1');
  return inner === String(value) ? inner : filled(inner);
}

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(text('docker-compose.yml')) as Compose;
  const { watchgate, postgres } = services;

  it('gives the service settings that it accepts, a database among them', () => {
    // A variable without a value is passed on only where it is set.
    const given = Object.entries(watchgate.environment).filter(([, v]) => v !== null);
    const environment = Object.fromEntries(given.map(([k, v]) => [k, filled(v)]));
    expect(readSettings(environment)).toMatchObject({ host: '0.0.0.0', port: 8000, requireToken: true });
    const { hostname, username, password, pathname } = new URL(environment.DATABASE_URL ?? '');
    expect({ hostname, username, password, pathname }).toEqual({
      hostname: 'postgres',
      username: filled(postgres.environment.POSTGRES_USER ?? ''),
      password: filled(postgres.environment.POSTGRES_PASSWORD ?? ''),
      pathname: `/${filled(postgres.environment.POSTGRES_DB ?? '')}`,
    });
    expect(password).toBe('change-me');
  });

  it('publishes ports on this machine only', () => {
    const ports = Object.values(services).flatMap((service: Composed) => service.ports ?? []);
    expect(ports.map(filled)).toEqual(['127.0.0.1:8000:8000']);
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
    const packages = Object.entries(lock.packages).filter(([name, { link }]) => name !== '' && !link);
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([]);
  });
});
