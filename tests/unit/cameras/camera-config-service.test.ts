import { CameraConfigService } from '../../../src/application/cameras/camera-config-service';
import { CameraConsistency } from '../../../src/application/cameras/camera-consistency';
import { CAMERAS, cameraSiteInMemory } from '../../support/camera-site-in-memory';

async function siteWithService(text = CAMERAS) {
  const site = cameraSiteInMemory(text);
  await site.configuration.reconcile();
  const { revisions, cameras, file, format, heads, configuration, clock } = site;
  const service = new CameraConfigService(revisions, cameras, file, format, heads, configuration, clock);
  return { ...site, service };
}

describe('the state of the camera configuration', () => {
  it('is in sync while the file holds the newest revision', async () => {
    const { service, revisions } = await siteWithService();
    const head = await revisions.head();
    expect(await service.status()).toEqual({
      state: 'in_sync',
      revision: 1,
      sha256: head?.sha256,
      file_sha256: head?.sha256,
      cameras: 2,
      faults: [],
      quarantined: [],
      checked_at: '2030-01-01T00:00:00.000Z',
    });
  });

  it('is stale while an edit is not taken in yet, and degraded by one that never will be', async () => {
    const { service, file } = await siteWithService();
    file.edit(CAMERAS.replace('name: A', 'name: Z'));
    expect(await service.status()).toMatchObject({ state: 'stale', cameras: 2 });
    file.edit('cameras: [');
    expect(await service.status()).toMatchObject({ state: 'degraded', faults: [{ type: 'syntax', line: 1 }] });
    file.edit(undefined);
    expect(await service.status()).toMatchObject({ state: 'stale', file_sha256: null });
  });

  it('is degraded while an edit waits that lacks many cameras', async () => {
    const { service, file, configuration } = await siteWithService();
    file.edit('cameras: []\n');
    await configuration.reconcile();
    expect(await service.status()).toMatchObject({ state: 'degraded', faults: [{ type: 'many_removed' }] });
  });

  it('names entries that were faulty from the first day, which make nothing worse', async () => {
    const { service } = await siteWithService(`${CAMERAS}  - {id: x, name: X}\n`);
    expect(await service.status()).toMatchObject({
      state: 'in_sync',
      faults: [],
      quarantined: [{ id: 'x', line: 4, faults: [{ path: 'cameras[2].source' }] }],
    });
  });
});

describe('the history of the camera configuration', () => {
  it('lists revisions newest first, with the cameras they touched', async () => {
    const { service, commands } = await siteWithService();
    await commands.update({ camera_id: 'b', source: 'rtsp://u:neu@h/y' });
    const { revisions, total } = await service.revisions({ limit: 1, offset: 0 });
    expect([total, revisions]).toMatchObject([2, [{ number: 2, origin: 'api', author: null, cameras: ['b'] }]]);
  });

  it('shows a revision with its text and what it changed, secrets masked everywhere', async () => {
    const { service, commands } = await siteWithService();
    await commands.update({ camera_id: 'b', source: 'rtsp://u:neu@h/y' });
    const revision = await service.revision({ number: 2 });
    expect(JSON.stringify(revision)).not.toMatch(/geheim|neu@/);
    expect(revision.text).toContain('rtsp://u:***@h/y');
    expect(revision.diff).toMatch(/^--- revision 1\n\+\+\+ revision 2\n/);
    expect(revision.changes).toEqual([
      {
        camera_id: 'b',
        kind: 'changed',
        fields: [{ field: 'source', before: 'rtsp://u:***@h/x', after: 'rtsp://u:***@h/y' }],
      },
    ]);
  });

  it('restores an earlier revision, and knows nothing of one that there is not', async () => {
    const { service, commands, file } = await siteWithService();
    await commands.remove({ camera_id: 'a' });
    expect(await service.restore({ number: 1 })).toEqual({ status: 'success', restored: 1, revision: 3 });
    expect(file.text).toBe(CAMERAS);
    const unknown = { kind: 'not-found', code: 'camera_config.revision_not_found' };
    await expect(service.revision({ number: 9 })).rejects.toMatchObject(unknown);
    await expect(service.restore({ number: 9 })).rejects.toMatchObject(unknown);
  });
});

describe('the consistency of table and file', () => {
  const measured = async (text?: string) => {
    const site = await siteWithService(text);
    let meanwhile: () => void = () => undefined;
    const pauses: number[] = [];
    const consistency = new CameraConsistency(site.cameras, site.file, site.format, site.heads, async (ms) => {
      pauses.push(ms);
      meanwhile();
    });
    return { ...site, consistency, pauses, whenLookingAgain: (work: () => void) => void (meanwhile = work) };
  };

  it('is there where both say the same, with known faulty entries counted apart', async () => {
    const { consistency, pauses } = await measured(`${CAMERAS}  - {id: x, name: X}\n`);
    expect(await consistency.measure()).toEqual({ inTable: 2, inFile: 2, quarantined: 1, issues: [] });
    expect(pauses).toEqual([]);
  });

  it('names what differs, and never quotes a value', async () => {
    const { consistency, file } = await measured();
    file.edit('cameras:\n  - {id: b, name: B, source: "rtsp://u:anders@h/x"}\n  - {id: c, name: C, source: "0"}\n');
    expect((await consistency.measure()).issues).toEqual([
      'b differs in source, active.',
      'c is in the file only.',
      'a is in the table only.',
    ]);
    file.edit('cameras: [');
    expect((await consistency.measure()).issues).toEqual([expect.stringMatching(/^Line 1: /)]);
    file.edit(undefined);
    expect((await consistency.measure()).issues).toEqual(['The cameras file is missing.']);
  });

  it('does not count what is over a moment later', async () => {
    const { consistency, file, whenLookingAgain, pauses } = await measured();
    file.edit('cameras: []\n');
    whenLookingAgain(() => file.edit(CAMERAS));
    expect((await consistency.measure()).issues).toEqual([]);
    expect(pauses).toHaveLength(1);
  });
});
