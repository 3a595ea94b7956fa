import type { CamerasPort } from '../../src/application/cameras/cameras-port';
import type { OnStep } from '../../src/application/shared/configuration-publication';
import type { Site } from '../../src/composition/site';
import { type SharedFile, oldBackendOnFile } from '../support/old-backend-on-file';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const GATE = '  - id: gate\n    name: Gate # in front\n    source: "0"\n';
/** What the old service left of a camera that was switched off over its API. */
const CASUALTY =
  "  - id: 'dock'   # by the old service\n    name: Dock\n    active: false\n    resolution: [1280, 720]\n";
const NAMELESS = '  - {name: nobody, source: "3"}\n';
const HALL = '  - id: hall\n    name: Hall\n    source: "2"\n';
const OLD = `# the old site\ncameras:\n${GATE}${CASUALTY}${NAMELESS}${HALL}`;

let database: TestDatabase;
let site: TestSite;
let old: SharedFile | undefined;
let onStep: OnStep;

beforeEach(async () => {
  database = await createTestDatabase();
  onStep = () => undefined;
});
afterEach(async () => {
  await site.close();
  await old?.close();
  old = undefined;
  await database.drop();
});

const configuration = () => site.modules.cameras.configuration;

async function open(yaml = OLD, remote = false): Promise<void> {
  if (remote) {
    old = await oldBackendOnFile();
    site = await testSite({ databaseUrl: database.url, ...old.site });
    site.write(yaml);
  } else site = await testSite({ databaseUrl: database.url, yaml, onStep: (step) => onStep(step) });
  await configuration().reconcile();
}

/** What is in force, and what the state of the configuration says of the rest. */
async function state() {
  const { head, faults } = await configuration().reconcile();
  const ids = (await site.modules.cameras.repository.all()).map(({ id }) => id);
  const { issues, quarantined } = await site.modules.monitoring.consistency.measure();
  return { ids, revision: head?.revision.number, refused: faults.length > 0, quarantined, issues: issues.length };
}

const asOf = (revision: number, ids: string[], quarantined: number) => ({
  ids,
  revision,
  refused: false,
  quarantined,
  issues: 0,
});

it('an old file is taken over but for the entries with faults, which stay in it as they are', async () => {
  await open();
  expect(await state()).toEqual(asOf(1, ['gate', 'hall'], 2));
  expect(site.text()).toBe(OLD);
  const again = await testSite({ databaseUrl: database.url, camerasFile: site.file });
  expect((await again.modules.cameras.configuration.reconcile()).faults).toEqual([]);
  await again.close();
});

it('a file whose document has faults is not taken at all', async () => {
  await open(`${OLD}x: [`);
  const { head, faults } = await configuration().reconcile();
  expect([head, faults.map(({ type }) => type)]).toEqual([undefined, ['syntax']]);
});

describe('an edit of the file', () => {
  beforeEach(() => open());
  const edit = async (from: string, to: string) => {
    site.write(site.text().replace(from, to));
    return state();
  };

  it('elsewhere is taken in', async () => {
    expect(await edit('name: Hall', 'name: Great hall')).toEqual(asOf(2, ['gate', 'hall'], 2));
  });

  it('that leaves a quarantined entry faulty is taken in, and one that mends it makes it a camera', async () => {
    expect(await edit('name: Dock\n', 'name: Loading dock\n')).toEqual(asOf(2, ['gate', 'hall'], 2));
    expect(await edit('{name: nobody', '{name: nobody, fps: 0')).toEqual(asOf(3, ['gate', 'hall'], 2));
    expect(await edit('name: Loading dock\n', 'name: Dock\n    source: "7"\n')).toEqual(
      asOf(4, ['gate', 'dock', 'hall'], 1),
    );
    expect(await edit(NAMELESS.replace('nobody', 'nobody, fps: 0'), '')).toEqual(asOf(5, ['gate', 'dock', 'hall'], 0));
    await site.agreement();
  });

  it('that breaks a camera is refused as a whole, with nothing but the faults of that one', async () => {
    const was = site.text();
    site.write(was.replace('name: Hall', 'title: Hall').replace('# in front', '# behind'));
    const { faults } = await configuration().reconcile();
    expect(faults.map(({ path, type }) => `${type} ${path}`)).toEqual(['missing cameras[3].name']);
    expect(await state()).toMatchObject({ ids: ['gate', 'hall'], revision: 1, refused: true, issues: 1 });
    site.write(was);
    expect(await state()).toEqual(asOf(1, ['gate', 'hall'], 2));
  });

  it('of the text before a correction is merged with it when the correction never reached the file', async () => {
    onStep = (step) => {
      if (step === 'rename.before') throw Object.assign(new Error('killed'), { code: 'EIO' });
    };
    const cameras = site.modules.cameras.domain;
    await expect(cameras.update({ camera_id: 'dock', source: '7' })).rejects.toMatchObject({ effect: 'committed' });
    onStep = () => undefined;
    expect(await edit('name: Hall', 'name: Great hall')).toEqual(asOf(3, ['gate', 'dock', 'hall'], 1));
    expect(site.text()).toContain('Great hall');
    expect(site.text()).toContain("- id: 'dock'   # by the old service");
  });
});

it('a revision with quarantined entries can be restored, and they are quarantined again', async () => {
  await open();
  await site.modules.cameras.domain.update({ camera_id: 'dock', source: '7' });
  await configuration().restore(1);
  expect(site.text()).toBe(OLD);
  expect(await state()).toEqual(asOf(3, ['gate', 'hall'], 2));
});

describe.each([
  { path: 'domain', port: (site: Site) => site.cameras.domain, remote: false },
  { path: 'embedded legacy', port: (site: Site) => site.legacy.cameras, remote: false },
  { path: 'legacy of an old backend', port: (site: Site) => site.legacy.cameras, remote: true },
])('on the $path path a quarantined entry', ({ port, remote }) => {
  let cameras: CamerasPort;
  beforeEach(async () => {
    await open(OLD, remote);
    cameras = port(site.modules);
  });

  it('is no camera', async () => {
    expect((await cameras.list({})).cameras.map(({ id }) => id)).toEqual(['gate', 'hall']);
    await expect(cameras.get({ camera_id: 'dock' })).rejects.toMatchObject({ code: 'camera.not_found' });
    await cameras.update({ camera_id: 'gate', fps: 7 });
    expect((await state()).quarantined).toBe(2);
    if (!remote) expect(site.text()).toContain(CASUALTY + NAMELESS);
  });

  it('is corrected by the fields it lacks, in its place', async () => {
    const wrong = cameras.update({ camera_id: 'dock', fps: 0 });
    await expect(wrong).rejects.toMatchObject({
      code: 'camera.invalid',
      details: { faults: [{ path: ['source'] }, { path: ['fps'] }] },
    });
    const { camera } = await cameras.update({ camera_id: 'dock', source: 'rtsp://u:geheim@10.0.0.1/x' });
    expect(camera).toMatchObject({ id: 'dock', name: 'Dock', active: false, source: 'rtsp://u:***@10.0.0.1/x' });
    expect(await state()).toEqual(asOf(2, ['gate', 'dock', 'hall'], 1));
    expect((await cameras.list({})).cameras.map(({ id }) => id)).toEqual(['gate', 'dock', 'hall']);
    if (!remote) expect(site.text()).toBe(OLD.replace(CASUALTY, `${CASUALTY}    source: rtsp://u:geheim@10.0.0.1/x\n`));
  });

  it('is removed', async () => {
    await cameras.remove({ camera_id: 'dock' });
    expect(await state()).toEqual(asOf(2, ['gate', 'hall'], 1));
    if (!remote) expect(site.text()).toBe(OLD.replace(CASUALTY, ''));
    await expect(cameras.remove({ camera_id: 'dock' })).rejects.toMatchObject({ code: 'camera.not_found' });
  });

  it('keeps its id from being given to another, and says what to do', async () => {
    const taken = cameras.create({ id: 'dock', name: 'Dock', source: '7' });
    await expect(taken).rejects.toMatchObject({
      code: 'camera.exists',
      message: expect.stringMatching(/quarantined.*PUT.*DELETE/) as string,
    });
  });
});
