import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { sha256 } from '../../src/domain/shared/sha256';
import { EXAMPLES_SHA256 } from '../../src/infrastructure/old-installation/import-files';
import { eventually } from '../support/eventually';
import { siteForEach } from '../support/own-site';
import { type ServiceRun, call } from '../support/service-run';

const IMPORT = path.resolve(__dirname, '../../dist/src/cli/import.js');
const OLD = readFileSync(path.resolve(__dirname, '../fixtures/yaml/old-installation.yaml'), 'utf8');
const SHIPPED = readFileSync(path.resolve(__dirname, '../../config/cameras.yaml'), 'utf8');
const run = promisify(execFile);

/** What has faults that nobody can guess away; unquoted numbers, lists as resolutions and nulls are read as they were meant. */
const QUARANTINED = [
  { id: 'vid1', line: 16, faults: ['cameras[2].source'] },
  { id: '3', line: 29, faults: ['cameras[3].imgsz'] },
  { id: null, line: 33, faults: ['cameras[4].id'] },
  { id: null, line: 36, faults: ['cameras[5].id'] },
  { id: 'cam1', line: 38, faults: ['cameras[6].id'] },
];

describe('a site whose cameras file has entries with faults', () => {
  const own = siteForEach();
  let service: ServiceRun;
  let url: string;

  async function start(): Promise<void> {
    service = own.site.start({ DATABASE_URL: own.database.url });
    url = await service.ready();
  }

  const text = () => readFileSync(own.site.camerasFile, 'utf8');
  const ids = async (domain: boolean) => {
    const { body } = await call(url, 'GET', `/cameras?force_domain=${domain}`);
    return (body as { cameras: { id: string }[] }).cameras.map(({ id }) => id);
  };
  interface Config {
    readonly state: string;
    readonly revision: number;
    readonly cameras: number;
    readonly faults: readonly object[];
    readonly quarantined: readonly { id: string | null; line: number; column: number; faults: { path: string }[] }[];
  }
  const config = async () => (await call(url, 'GET', '/cameras/config')).body as Config;
  const places = async () =>
    (await config()).quarantined.map(({ id, line, faults }) => ({ id, line, faults: faults.map((f) => f.path) }));

  async function expectTakenOver(): Promise<void> {
    expect(text()).toBe(OLD);
    for (const domain of [true, false]) expect(await ids(domain)).toEqual(['cam1', 'cam2']);
    expect(await config()).toMatchObject({ state: 'in_sync', cameras: 2, faults: [] });
    expect(await places()).toEqual(QUARANTINED);
    expect(service.output).toMatch(
      /cameras\.yaml: 2 cameras, revision \d+, 5 quarantined \(see http:\S+\/cameras\/config\)/,
    );
    expect(service.output).toMatch(/WARN .*cameras file, line 16, column 1: "vid1" is quarantined/);
    expect(service.output).not.toMatch(/geheim/);
    const { body } = await call(url, 'GET', '/monitoring/health');
    expect(body).toMatchObject({
      checks: { camera_data_consistency: 'ok', consistency_details: { db_count: 2, yaml_count: 2, quarantined: 5 } },
    });
  }

  it.each([true, false])(
    'runs the others, and each can be corrected, removed or edited (domain path: %s)',
    async (domain) => {
      writeFileSync(own.site.camerasFile, OLD);
      await start();
      await expectTakenOver();
      const at = (id: string) => `/cameras/${id}?force_domain=${domain}`;

      const incomplete = await call(url, 'PUT', at('vid1'), { name: 'Video' });
      expect(incomplete).toMatchObject({
        status: 400,
        body: { code: 'camera.invalid', errors: [{ loc: ['body', 'source'] }] },
      });
      expect(text()).toBe(OLD);
      expect(await call(url, 'PUT', at('vid1'), { source: 'rtsp://192.0.2.11/1' })).toMatchObject({ status: 200 });
      expect(text()).toContain('status: inactive    # its source was lost when it was switched off\n');
      expect(await call(url, 'DELETE', at('3'))).toMatchObject({ status: 200 });
      for (const path of [true, false]) expect(await ids(path)).toEqual(['cam1', 'cam2', 'vid1']);
      expect((await places()).map(({ id }) => id)).toEqual([null, null, 'cam1']);

      writeFileSync(own.site.camerasFile, text().replace('cam 5', 'cam5'));
      await eventually(async () => expect(await config()).toMatchObject({ state: 'in_sync', cameras: 4 }));
      expect(await ids(domain)).toEqual(['cam1', 'cam2', 'vid1', 'cam5']);
      const before = text();
      writeFileSync(own.site.camerasFile, before.replace('name: Line 2', 'title: Line 2'));
      await eventually(async () => expect(await config()).toMatchObject({ state: 'degraded', cameras: 4 }));
      expect(await call(url, 'PUT', at('cam1'), { fps: 5 })).toMatchObject({ status: 409 });
      expect(await ids(domain)).toEqual(['cam1', 'cam2', 'vid1', 'cam5']);
      writeFileSync(own.site.camerasFile, before);
      await eventually(async () => expect(await config()).toMatchObject({ state: 'in_sync', faults: [] }));
      await own.site.stop();

      await start();
      expect(await ids(domain)).toEqual(['cam1', 'cam2', 'vid1', 'cam5']);
      expect(service.output).toMatch(/4 cameras, revision \d+, 2 quarantined/);
    },
  );

  it('knows the delivered examples', () => {
    expect(sha256(SHIPPED)).toBe(EXAMPLES_SHA256);
  });

  it.each([
    ['into a folder without a cameras file', undefined],
    ['over the examples that nobody touched', SHIPPED],
  ])('is imported %s as it stands', async (_, present) => {
    if (present !== undefined) {
      writeFileSync(own.site.camerasFile, present);
      await start();
      await own.site.stop();
    }
    const from = path.join(own.site.dir, 'old');
    mkdirSync(path.join(from, 'config'), { recursive: true });
    writeFileSync(path.join(from, 'config/cameras.yaml'), OLD);
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: own.database.url,
      CAMERAS_FILE: own.site.camerasFile,
      LOG_DIR: path.join(own.site.dir, 'logs'),
    };
    const take = async (...args: string[]) =>
      (await run(process.execPath, [IMPORT, '--from', from, ...args], { env, cwd: own.site.dir })).stdout;
    const would = await take();
    for (const said of [would, await take('--apply')]) {
      expect(said).toMatch(/cameras\.yaml +2 taken, 0 known already, 0 left\n/);
      expect(said).toMatch(/5 quarantined: .*line 16, column 1/);
      expect(said).toMatch(/the file is taken as it stands/);
    }
    expect(await take('--apply')).toMatch(/cameras\.yaml +0 taken, 2 known already, 5 left/);
    await start();
    await expectTakenOver();
  });
});
