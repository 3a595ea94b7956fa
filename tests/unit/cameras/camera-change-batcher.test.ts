import type { Decide } from '../../../src/application/shared/configuration-plans';
import { ChangeBatcher } from '../../../src/application/cameras/camera-service';
import { cameraSet } from '../../../src/application/cameras/camera-kind';
import { type CallContext, currentCall, noteChange, runInCall } from '../../../src/application/shared/call-context';
import { Camera } from '../../../src/domain/cameras/camera';
import { DomainError, Unavailable } from '../../../src/domain/shared/domain-error';

const NOW = new Date('2026-01-02T03:04:05Z');
const camera = (id: string) => Camera.register({ id, name: id, source: '0' }, NOW);
const adding =
  (id: string): Decide<Camera> =>
  (all) =>
    cameraSet.add(all, camera(id));

/** Cameras in memory, whose changes can be held back and made to fail. */
function site() {
  let cameras: readonly Camera[] = [];
  const revisions: { ids: string[]; actor: string | undefined }[] = [];
  let open: () => void = () => undefined;
  let gate: Promise<void> = Promise.resolve();
  const fault: { of?: (added: string[]) => Error | undefined } = {};
  const line = new ChangeBatcher(async (decide) => {
    await gate;
    const before = cameras;
    const { entries: after } = decide({ entries: before, quarantined: [] }, []);
    const ids = after.filter((c) => !before.includes(c)).map((c) => c.id);
    const failed = fault.of?.(ids);
    if (failed) throw failed;
    cameras = after;
    revisions.push({ ids, actor: currentCall()?.actor });
    noteChange({ revision: revisions.length });
    return after;
  });
  return {
    line,
    revisions,
    fault,
    ids: () => cameras.map((c) => c.id),
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    letGo: () => open(),
    add: (id: string, actor?: string) => {
      const context: CallContext = { requestId: `request-${id}`, ...(actor ? { actor } : {}) };
      const done = runInCall(context, () => line.change(adding(id), id));
      return { context, done };
    },
  };
}

const names = (made: readonly Camera[]) => made.map((c) => c.id);

describe('changes that come while another waits', () => {
  it('are made together, and each caller is told', async () => {
    const { add, hold, letGo, revisions } = site();
    hold();
    const all = ['a', 'b', 'c'].map((id) => add(id));
    letGo();
    const answers = await Promise.all(all.map(({ done }) => done));
    expect(answers.map(names)).toEqual(Array.from({ length: 3 }, () => ['a', 'b', 'c']));
    expect(revisions).toEqual([{ ids: ['a', 'b', 'c'], actor: undefined }]);
    expect(all.map(({ context }) => context.changed)).toEqual(Array.from({ length: 3 }, () => ({ revision: 1 })));
  });

  it('are refused alone', async () => {
    const { add, hold, letGo, ids, line } = site();
    hold();
    const gone = line.change((cameras) => cameraSet.remove(cameras, 'nobody'), 'nobody');
    const [one, other] = [add('a'), add('b')];
    letGo();
    await expect(gone).rejects.toMatchObject({ code: 'camera.not_found' });
    await Promise.all([one.done, other.done]);
    expect(ids()).toEqual(['a', 'b']);
  });

  it('change each camera once, so that every caller sees its own change', async () => {
    const { line, add, hold, letGo, revisions } = site();
    hold();
    const { done: added } = add('a');
    const removed = line.change((cameras) => cameraSet.remove(cameras, 'a'), 'a');
    letGo();
    expect(names(await added)).toEqual(['a']);
    expect(names(await removed)).toEqual([]);
    expect(revisions).toHaveLength(2);
  });

  it('are of one caller, so that a revision says who changed what', async () => {
    const { add, hold, letGo, revisions } = site();
    hold();
    const all = [add('a', 'ann'), add('b', 'ann'), add('c', 'bob')];
    letGo();
    await Promise.all(all.map(({ done }) => done));
    expect(revisions).toEqual([
      { ids: ['a', 'b'], actor: 'ann' },
      { ids: ['c'], actor: 'bob' },
    ]);
    expect(all[2]?.context.changed).toEqual({ revision: 2 });
  });

  it('are made one by one where all together are refused', async () => {
    const { add, hold, letGo, fault, ids } = site();
    fault.of = (added) => (added.includes('b') ? new DomainError('camera.invalid', 'not b') : undefined);
    hold();
    const all = ['a', 'b', 'c'].map((id) => add(id).done);
    letGo();
    const ends = await Promise.allSettled(all);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ids()).toEqual(['a', 'c']);
  });

  it('all fail with what they depend on, and the next ones are made', async () => {
    const { add, hold, letGo, fault, ids, revisions } = site();
    fault.of = () => new Unavailable('database.unavailable', 'away', 'rolled-back');
    hold();
    const all = ['a', 'b'].map((id) => add(id).done);
    letGo();
    const ends = await Promise.allSettled(all);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    delete fault.of;
    await add('c').done;
    expect(ids()).toEqual(['c']);
    expect(revisions).toHaveLength(1);
  });

  it('come in any number', async () => {
    const { add, hold, letGo, ids, revisions } = site();
    hold();
    const all = Array.from({ length: 150 }, (_, i) => add(`c${i}`).done);
    letGo();
    await Promise.all(all);
    expect(ids()).toHaveLength(150);
    expect(revisions.map((r) => r.ids.length)).toEqual([64, 64, 22]);
  });
});
