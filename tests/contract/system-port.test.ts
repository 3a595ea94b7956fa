import type { SystemInfo, SystemPort } from '../../src/application/system/system-port';
import type { Site } from '../../src/composition/site';
import { type SharedFile, oldBackendOnFile } from '../support/old-backend-on-file';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const NOW = new Date('2030-01-01T00:00:00.000Z');

interface Implementation {
  readonly name: string;
  readonly port: (site: Site) => SystemPort;
  /** Whether an old backend is the legacy path: the machine is that which it runs on. */
  readonly remote?: true;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: 'HostSystem', port: (site) => site.system },
  { name: 'HostSystem on the legacy path', port: (site) => site.legacy.system },
  { name: 'RemoteSystem', port: (site) => site.legacy.system, remote: true },
];

/** Every key at every depth, so that two answers can be compared whose values are of two machines. */
const shapeOf = (value: object, at = ''): string[] =>
  Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? shapeOf(member, `${at}/${name}`)
      : `${at}/${name}`,
  );

describe.each(IMPLEMENTATIONS)('SystemPort by $name', ({ port, remote }) => {
  let database: TestDatabase;
  let old: SharedFile | undefined;
  let site: TestSite;
  let system: SystemPort;

  beforeAll(async () => {
    database = await createTestDatabase();
    old = remote && (await oldBackendOnFile());
    site = await testSite({ databaseUrl: database.url, clock: () => NOW, ...old?.site });
    system = port(site.modules);
  });
  afterAll(async () => {
    await site.close();
    await old?.close();
    await database.drop();
  });
  const percentages = ({ memory, disk, cpu }: SystemInfo) => [memory.percentage, disk.percentage, cpu.usage_percent];

  it('tells of its machine, every key always there, at the time of the site', async () => {
    const info = await system.info({});
    expect(shapeOf(info).sort()).toEqual(shapeOf(await site.modules.system.info({})).sort());
    expect(info).toMatchObject({
      timestamp: NOW.toISOString(),
      system: { system: expect.stringMatching(/./), hostname: expect.stringMatching(/./) },
      cpu: { count: expect.any(Number) },
      psutil_available: expect.any(Boolean),
    });
    expect(info.cpu.count).toBeGreaterThan(0);
    for (const share of percentages(info)) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(100);
    }
  });

  it('says which program its machine runs', async () => {
    const { python_version: python, node_version: node } = (await system.info({})).system;
    expect([python, node]).toEqual(remote ? [expect.stringMatching(/^3\./), null] : [null, process.version]);
  });

  it('tells the files of this program by name, whatever path is taken, and not where they lie', async () => {
    const config = await system.config({});
    expect(config).toMatchObject({
      timestamp: NOW.toISOString(),
      config_files: {
        cameras: { exists: true, path: 'cameras.yaml', readable: true, size: Buffer.byteLength(site.text()) },
        regions: { exists: false },
      },
      environment: { HBD_REGIONS_FILE: null, PYTHONPATH: null, PATH: null },
      project_root: null,
      working_directory: null,
    });
    expect(JSON.stringify(config)).not.toMatch(/\/tmp|geheim/);
  });

  it('tells whether this program can read and write what it needs', async () => {
    expect(await system.health({})).toMatchObject({
      status: expect.stringMatching(/^(healthy|warning)$/),
      issues: expect.any(Array),
      directories: { config: { exists: true, is_directory: true, readable: true, writable: true } },
      resources: { memory_usage: expect.any(Number), disk_usage: expect.any(Number), cpu_usage: expect.any(Number) },
    });
  });

  it('is a failure of its path, and no answer, where the other machine cannot be asked', async () => {
    await old?.backend.fault('fail-500');
    const asked = system.info({});
    if (remote) await expect(asked).rejects.toMatchObject({ kind: 'unavailable', effect: 'not-started' });
    else expect(await asked).toMatchObject({ psutil_available: true });
    expect(await system.health({})).toMatchObject({ timestamp: NOW.toISOString() });
    await old?.backend.fault(undefined);
  });
});
