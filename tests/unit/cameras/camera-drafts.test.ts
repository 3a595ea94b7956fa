import { CameraController } from '../../../src/application/camera-control/camera-controller';
import { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import { CameraDrafts, type PreviewInput } from '../../../src/application/cameras/camera-drafts';
import { ConfigPlans } from '../../../src/application/shared/configuration-plans';
import { runInCall } from '../../../src/application/shared/call-context';
import { sha256 } from '../../../src/domain/shared/sha256';
import { cameraSiteInMemory } from '../../support/camera-site-in-memory';
import { FakeTimers } from '../../support/fake-timers';
import { FakeWorkerHost } from '../../support/fake-worker-host';
import { InMemoryDesiredStates } from '../../support/in-memory-desired-states';
import { rememberingLog } from '../../support/quiet-log';

const CAMERAS = `# login of all: rtsp://u:geheim@h
cameras:
  - {id: a, name: A, source: "0", auto_start: true} # by the door
  - {id: b, name: B, source: "rtsp://u:geheim@h/x", auto_start: true, env: {API_KEY: k-123}}
  - id: c
    name: C
    source: rtsp://u:anders@h/c
`;

async function siteWithDrafts(text = CAMERAS) {
  const site = cameraSiteInMemory(text);
  await site.configuration.reconcile();
  const [timers, desired, log] = [new FakeTimers(), new InMemoryDesiredStates(), rememberingLog()];
  const supervise = () => new CameraSupervisor(new FakeWorkerHost(timers), timers, log);
  const controller = new CameraController(site.cameras, desired, () => site.revisions.newest(), supervise, log);
  const workers: CameraController['forecast'] = (before, after) => controller.forecast(before, after);
  const drafts = new CameraDrafts(site.configuration, site.file, site.format, workers, site.clock);
  return { ...site, drafts, desired };
}

describe('a preview of a change', () => {
  const preview = async (input: PreviewInput) => {
    const site = await siteWithDrafts();
    const seen = await site.drafts.preview(input);
    expect([site.file.text, await site.revisions.newest()]).toEqual([CAMERAS, 1]);
    expect(JSON.stringify(seen)).not.toMatch(/geheim|k-123/);
    return seen;
  };

  it('shows the lines of a new setting, and which workers start anew for it', async () => {
    expect(await preview({ change: 'update', camera_id: 'a', fields: { fps: 10 } })).toMatchObject({
      diff: expect.stringMatching(/^--- present[^]*\n-  - \{id: a[^]*\n\+  - \{id: a.*fps: 10.* # by the door/),
      changes: [{ camera_id: 'a', kind: 'changed', fields: [{ field: 'fps', before: null, after: 10 }] }],
      faults: [],
      restarts: ['a'],
      starts: [],
      stops: [],
    });
    const renamed = await preview({ change: 'update', camera_id: 'a', fields: { name: 'Z' } });
    expect(renamed.restarts).toEqual([]);
  });

  it('shows what starts and what ends', async () => {
    const fields = { id: 'd', name: 'D', source: '3', auto_start: true };
    expect(await preview({ change: 'create', fields })).toMatchObject({ starts: ['d'], restarts: [], stops: [] });
    expect(await preview({ change: 'remove', camera_id: 'b' })).toMatchObject({ stops: ['b'], restarts: [] });
    const off = await preview({ change: 'update', camera_id: 'a', fields: { active: false } });
    expect(off).toMatchObject({ stops: ['a'] });
  });

  it('says that a secret changes where its diff cannot show it', async () => {
    const fields = { source: 'rtsp://u:neues@h/x' };
    expect(await preview({ change: 'update', camera_id: 'b', fields })).toMatchObject({
      diff: '',
      changes: [{ camera_id: 'b', fields: [{ field: 'source' }] }],
      restarts: ['b'],
    });
    const same = { source: 'rtsp://u:***@h/x' };
    expect(await preview({ change: 'update', camera_id: 'b', fields: same })).toMatchObject({ diff: '', changes: [] });
  });

  it('shows what an earlier revision would bring back', async () => {
    const { drafts, commands } = await siteWithDrafts();
    await commands.remove({ camera_id: 'b' });
    expect(await drafts.preview({ change: 'restore', number: 1 })).toMatchObject({
      changes: [{ camera_id: 'b', kind: 'added' }],
      starts: ['b'],
    });
  });

  it.each<[PreviewInput, string]>([
    [{ change: 'create', fields: { id: 'a', name: 'A', source: '0' } }, 'camera.exists'],
    [{ change: 'create', fields: { id: 'z' } }, 'camera.invalid'],
    [{ change: 'create' }, 'camera.invalid'],
    [{ change: 'create', fields: [] as never }, 'camera.invalid'],
    [{ change: 'update', camera_id: 'z', fields: { fps: 1 } }, 'camera.not_found'],
    [{ change: 'remove' }, 'camera.invalid'],
    [{ change: 'restore', number: 9 }, 'camera_config.revision_not_found'],
  ])('refuses %j as the change itself would', async (input, code) => {
    const { drafts } = await siteWithDrafts();
    await expect(drafts.preview(input)).rejects.toMatchObject({ code });
  });

  it('refuses on a file with faults, as the change itself would', async () => {
    const { drafts, file } = await siteWithDrafts();
    file.edit('cameras: [');
    await expect(drafts.preview({ change: 'remove', camera_id: 'a' })).rejects.toMatchObject({
      code: 'camera_config.file_invalid',
    });
  });
});

describe('the text of the cameras file', () => {
  it('shows no secret, and comes back with all of them', async () => {
    const { drafts, file, revisions } = await siteWithDrafts();
    const { text, sha256: base_sha256 } = await drafts.text();
    expect(text).not.toMatch(/geheim|anders|k-123/);
    const sent = text.replace('name: A', 'name: Z').replace('name: C', 'name: C\n    fps: 5');
    const by = { requestId: 'r-1', actor: 'li' };
    const saved = await runInCall(by, () => drafts.save({ text: sent, base_sha256: base_sha256! }));
    expect(file.text).toBe(CAMERAS.replace('name: A', 'name: Z').replace('name: C', 'name: C\n    fps: 5'));
    expect(saved).toEqual({ status: 'success', revision: 2, sha256: sha256(file.text!), cameras: ['a', 'c'] });
    expect(await revisions.head()).toMatchObject({ origin: 'api', author: 'li', requestId: 'r-1', inFile: true });
  });

  it('keeps the secrets with their cameras when those change places, and takes new ones', async () => {
    const { drafts, file } = await siteWithDrafts();
    const { sha256: base_sha256 } = await drafts.text();
    const text = `cameras:
  - {id: c, name: C, source: "rtsp://u:***@h/other"}
  - {id: b, name: B, source: "rtsp://u:neues@h/x", env: {API_KEY: "***"}}
`;
    await drafts.save({ text, base_sha256: base_sha256! });
    expect(file.text).toContain('rtsp://u:anders@h/other');
    expect(file.text).toContain('rtsp://u:neues@h/x');
    expect(file.text).toContain('k-123');
  });

  it('gives no secret to another camera, nor to a setting that would show it', async () => {
    const { drafts } = await siteWithDrafts();
    const moved = `cameras:
  - {id: a, name: A, source: "rtsp://u:***@h/x"}
  - {id: c, name: C, source: "rtsp://evil:***@h/c", metadata: {API_KEY: "***", x: "rtsp://u:***@h/x"}}
`;
    const { faults } = await drafts.check({ text: moved });
    expect(faults).toMatchObject([
      { line: 2, type: 'masked' },
      { line: 3, type: 'masked' },
    ]);
  });

  it('keeps quarantined entries as they are', async () => {
    const faulty = `${CAMERAS}  - {id: q, source: "rtsp://u:alt@h/q"}\n`;
    const { drafts, file } = await siteWithDrafts(faulty);
    const { text, sha256: base_sha256 } = await drafts.text();
    await drafts.save({ text: text.replace('name: A', 'name: Z'), base_sha256: base_sha256! });
    expect(file.text).toBe(faulty.replace('name: A', 'name: Z'));
  });

  it('is saved by nobody who has not seen it as it is', async () => {
    const { drafts, file, commands } = await siteWithDrafts();
    const { text, sha256: base_sha256 } = await drafts.text();
    await commands.update({ camera_id: 'a', fps: 5 });
    const save = drafts.save({ text, base_sha256: base_sha256! });
    await expect(save).rejects.toMatchObject({
      kind: 'stale',
      code: 'camera_config.changed',
      details: { extra: { sha256: sha256(file.text!) } },
    });
    file.edit(file.text!.replace('name: A', 'name: by hand'));
    const unseen = drafts.save({ text, base_sha256: sha256(CAMERAS) });
    await expect(unseen).rejects.toMatchObject({ code: 'camera_config.changed' });
    expect(file.text).toContain('by hand');
  });

  it('is refused as a whole with faults at their places, and nothing is changed', async () => {
    const { drafts, file, revisions } = await siteWithDrafts();
    const { sha256: base_sha256 } = await drafts.text();
    const refused = async (text: string) => {
      const faults = (await drafts.check({ text })).faults;
      await expect(drafts.save({ text, base_sha256: base_sha256! })).rejects.toMatchObject({
        code: 'camera_config.file_invalid',
        details: { extra: { file_faults: faults } },
      });
      expect([file.text, await revisions.newest()]).toEqual([CAMERAS, 1]);
      return faults;
    };
    expect(await refused('cameras: [')).toMatchObject([{ line: 1, type: 'syntax' }]);
    expect(await refused('cameras:\n  - {id: a, name: A}\n')).toMatchObject([{ line: 2, column: 6, type: 'missing' }]);
    const foreign = 'cameras:\n  - {id: new, name: N, source: "rtsp://u:***@h/x"}\n';
    expect(await refused(foreign)).toMatchObject([{ line: 2, column: 42, type: 'masked' }]);
  });

  it('may hold asterisks that mask nothing', async () => {
    const { drafts, file } = await siteWithDrafts();
    const { text, sha256: base_sha256 } = await drafts.text();
    await drafts.save({ text: `# *** Hall B ***\n${text}`, base_sha256: base_sha256! });
    expect(file.text).toBe(`# *** Hall B ***\n${CAMERAS}`);
  });

  it('corrects a file that has faults, without touching what was in force until then', async () => {
    const { drafts, file, ids } = await siteWithDrafts();
    file.edit('cameras:\n  - {id: a, name: A}\n');
    const { text, sha256: base_sha256 } = await drafts.text();
    await drafts.save({ text: text.replace('name: A', 'name: A, source: "7"'), base_sha256: base_sha256! });
    expect(ids()).toEqual(['a']);
  });

  it('is checked without being saved: what it changes, and which workers start anew', async () => {
    const { drafts, file, revisions } = await siteWithDrafts();
    const { text } = await drafts.text();
    expect(await drafts.check({ text: text.replace('name: C', 'name: C\n    fps: 5') })).toMatchObject({
      diff: expect.stringContaining('\n+    fps: 5'),
      changes: [{ camera_id: 'c', kind: 'changed' }],
      faults: [],
      restarts: [],
    });
    const b = await drafts.check({ text: text.replace('rtsp://u:***@h/x', 'rtsp://u:neues@h/x') });
    expect(b).toMatchObject({ restarts: ['b'], changes: [{ camera_id: 'b' }] });
    expect(JSON.stringify(b)).not.toMatch(/neues|geheim/);
    expect([file.text, await revisions.newest()]).toEqual([CAMERAS, 1]);
  });

  it('is compared in bounded time, however different it is', async () => {
    const entry = (n: number) => `  - {id: x-${n}, name: N ${n * 7}, source: "${n}"}\n`;
    const many = (from: number) => `cameras:\n${Array.from({ length: 500 }, (_, n) => entry(from + n)).join('')}`;
    const { drafts } = await siteWithDrafts(many(0));
    const { diff, changes } = await drafts.check({ text: many(5_000) });
    expect(diff).toMatch(/^--- present\n\+\+\+ new\n/);
    expect(changes).toHaveLength(1_000);
  });
});

describe('plans of a configuration', () => {
  it('take a text of another installation with its faulty entries quarantined, but not one that cannot be read', () => {
    const { format } = cameraSiteInMemory();
    const plans = new ConfigPlans({ noun: 'camera', mend: '' } as never, format, undefined as never);
    expect(plans.adopted(`${CAMERAS}  - {id: q}\n`).entries.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(() => plans.adopted('cameras: [')).toThrow('cannot be read');
  });
});
