import { cameraSet } from '../../../src/application/cameras/camera-kind';
import type { EntrySet } from '../../../src/application/shared/entry-set';
import { runInCall } from '../../../src/application/shared/call-context';
import { Camera } from '../../../src/domain/cameras/camera';
import { effectOf } from '../../../src/domain/shared/domain-error';
import { CAMERAS, CONFIRM_MS, cameraSiteInMemory } from '../../support/camera-site-in-memory';

type Site = ReturnType<typeof cameraSiteInMemory>;

const refused = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it was not refused',
    (error: unknown) => error,
  );

describe('the camera configuration', () => {
  let site: Site;
  beforeEach(async () => {
    site = cameraSiteInMemory();
    await site.configuration.reconcile();
  });

  const faster = (id = 'a', fps = 5) =>
    site.configuration.change((all, unseen) =>
      cameraSet.replace(all, id, (camera) => camera.change({ fps }, site.clock()), unseen),
    );
  const adding = (id: string) => (all: EntrySet<Camera>) =>
    cameraSet.add(all, Camera.register({ id, name: id, source: '1' }, site.clock()));
  /** Table, file and newest revision say the same. */
  const agrees = async () => {
    const head = await site.revisions.head();
    const inFile = site.format.read(site.file.text ?? '').entries;
    return (
      head?.inFile === true &&
      (await site.revisions.get(head.number))?.text === site.file.text &&
      JSON.stringify(inFile) === JSON.stringify(site.rows.entries.map(({ fields }) => fields))
    );
  };

  it('imports the file of a new site as its first revision', async () => {
    expect(await site.revisions.head()).toMatchObject({ number: 1, origin: 'import', inFile: true });
    expect(site.ids()).toEqual(['a', 'b']);
    expect(site.heads.newest?.text).toBe(CAMERAS);
    expect(site.log.lines).toEqual([expect.stringContaining('imported 2 cameras')]);
  });

  it('writes an empty file where there is none', async () => {
    const empty = cameraSiteInMemory('');
    empty.file.edit(undefined);
    await empty.configuration.reconcile();
    expect(empty.file.text).toContain('cameras: []');
    expect(await empty.revisions.newest()).toBe(1);
  });

  it('changes table and file together, with who did it, and leaves every comment where it was', async () => {
    const context = { requestId: 'r-1', actor: 'li', changed: {} };
    await runInCall(context, () => faster());
    expect(site.file.text).toBe(CAMERAS.replace('source: "0"}', 'source: "0", fps: 5}'));
    expect(await site.revisions.head()).toMatchObject({ number: 2, origin: 'api', author: 'li', requestId: 'r-1' });
    expect(context.changed).toEqual({ revision: 2 });
    expect(await agrees()).toBe(true);
  });

  it('makes no revision of a change that changes nothing', async () => {
    await faster('a', 25);
    expect(await site.revisions.newest()).toBe(1);
  });

  it('takes in what a person edited, and tells the next change of it', async () => {
    site.file.edit(CAMERAS.replace('name: A', 'name: Door'));
    const unseen: unknown[] = [];
    await site.configuration.change((all, changes) => {
      unseen.push(...changes);
      return adding('c')(all);
    });
    expect(unseen).toMatchObject([{ id: 'a', kind: 'changed', fields: [{ field: 'name', after: 'Door' }] }]);
    expect((await site.revisions.page(9, 0)).items.map(({ origin }) => origin)).toEqual(['api', 'file', 'import']);
    expect(site.file.text).toContain('name: Door');
    expect(await agrees()).toBe(true);
  });

  it('refuses to change a file with faults, and leaves it alone', async () => {
    const broken = `${CAMERAS}  - {id: a, name: again, source: "0"}\n`;
    site.file.edit(broken);
    expect(await refused(faster())).toMatchObject({ kind: 'conflict', code: 'camera_config.file_invalid' });
    expect([site.file.text, site.ids(), await site.revisions.newest()]).toEqual([broken, ['a', 'b'], 1]);
  });

  it('waits with an edit that lacks most cameras, and takes it in when it still does', async () => {
    site = cameraSiteInMemory(`${CAMERAS}  - {id: c, name: C, source: "1"}\n`);
    await site.configuration.reconcile();
    // Right after a revision an editor may still show what was there before.
    site.pass(60_000);
    site.file.edit(CAMERAS.split('\n').slice(0, 2).join('\n'));
    expect((await site.configuration.reconcile()).faults).toMatchObject([{ type: 'many_removed' }]);
    expect(site.configuration.doubt).toMatchObject({ type: 'many_removed', severity: 'error' });
    site.pass(CONFIRM_MS - 1);
    await site.configuration.reconcile();
    expect(site.ids()).toEqual(['a', 'b', 'c']);
    site.pass(1);
    await site.configuration.reconcile();
    expect(site.ids()).toEqual(['a']);
    expect(site.configuration.doubt).toBeUndefined();
  });

  it('merges a save that came while the file was replaced', async () => {
    await faster();
    site.file.saveLate(CAMERAS.replace('name: B', 'name: Yard'));
    await site.configuration.reconcile();
    expect(site.rows.entries.map(({ fields }) => [fields.name, fields.fps])).toEqual([
      ['A', 5],
      ['Yard', undefined],
    ]);
    expect(await agrees()).toBe(true);
  });

  it('puts a table right that somebody else wrote to', async () => {
    site.rows.entries = site.rows.entries.slice(0, 1);
    expect(await site.configuration.inspect()).toMatchObject([{ id: 'b', kind: 'added' }]);
    expect(site.ids()).toEqual(['a', 'b']);
    expect(await site.configuration.inspect()).toEqual([]);
  });

  it('makes an earlier revision the newest one, and sets a faulty file aside', async () => {
    await faster();
    site.file.edit('cameras: [');
    const restored = await site.configuration.restore(1);
    expect(restored).toMatchObject({ number: 3, origin: 'restore' });
    expect([site.file.text, site.file.rejected]).toEqual([CAMERAS, ['cameras: [']]);
    expect(await refused(site.configuration.restore(99))).toMatchObject({ code: 'camera_config.revision_not_found' });
  });

  it('adopts the file of another installation only while nobody changes the cameras', async () => {
    const head = await site.revisions.head();
    if (!head) throw new Error('there is no revision');
    await site.configuration.adopt('cameras:\n  - {id: old, name: Old, source: "0"}\n', head);
    expect(site.ids()).toEqual(['old']);
    expect(await refused(site.configuration.adopt(CAMERAS, head))).toMatchObject({ code: 'camera_config.busy' });
    expect(await refused(site.configuration.adopt('cameras: [', head))).toMatchObject({
      code: 'camera_config.file_invalid',
    });
  });

  describe('on the legacy path', () => {
    it('changes the file first, and the table follows', async () => {
      await site.configuration.changeFile(adding('c'));
      expect(await site.revisions.head()).toMatchObject({ number: 2, origin: 'legacy', inFile: true });
      expect(await agrees()).toBe(true);
    });

    it('puts the file back when the table did not take the change', async () => {
      site.loseCommit('not stored');
      const error = await refused(site.configuration.changeFile(adding('c')));
      expect(effectOf(error)).toBe('rolled-back');
      expect([site.file.text, site.ids()]).toEqual([CAMERAS, ['a', 'b']]);
    });
  });

  describe('when something fails', () => {
    it('says that nothing was begun while the database is away', async () => {
      site.outage.away = true;
      const error = await refused(faster());
      expect(error).toMatchObject({ code: 'database.unavailable' });
      expect([site.file.text, site.ids(), effectOf(error)]).toEqual([CAMERAS, ['a', 'b'], 'not-started']);
    });

    it('finds out that a change was stored whose COMMIT was not answered', async () => {
      site.loseCommit('stored');
      await faster();
      expect(await site.revisions.newest()).toBe(2);
      expect(await agrees()).toBe(true);
    });

    it('finds out that it was not stored, and leaves nothing behind', async () => {
      site.loseCommit('not stored');
      const error = await refused(faster());
      expect(error).toMatchObject({ code: 'database.unavailable' });
      expect(effectOf(error)).toBe('rolled-back');
      expect([site.file.text, site.file.staged.size, site.ids()]).toEqual([CAMERAS, 0, ['a', 'b']]);
    });

    it('changes nothing when the disk takes no new text', async () => {
      site.file.full = true;
      expect(effectOf(await refused(faster()))).toBe('rolled-back');
      expect(await site.revisions.newest()).toBe(1);
      site.file.full = false;
      await faster();
      expect(await agrees()).toBe(true);
    });

    it.each(['entries.applied', 'revision.added'] as const)(
      'stores nothing of a change that dies at %s',
      async (step) => {
        site.failAt(step);
        expect(effectOf(await refused(faster()))).toBe('rolled-back');
        expect([site.file.text, site.file.staged.size, await site.revisions.newest()]).toEqual([CAMERAS, 0, 1]);
      },
    );

    it('brings the file up to a revision whose process died before the rename', async () => {
      await faster();
      site.file.edit(CAMERAS);
      site.rows.revisions = site.rows.revisions.map((one) => ({ ...one, inFile: one.number === 1 }));
      await site.configuration.reconcile();
      expect(site.file.text).toContain('fps: 5');
      expect(await agrees()).toBe(true);
    });

    it('goes on where only the note that the file holds the revision was lost', async () => {
      site.failAt('mark.before');
      await faster();
      expect(site.log.lines.at(-1)).toContain('that could not be noted');
      await site.configuration.reconcile();
      expect(await agrees()).toBe(true);
    });
  });
});
