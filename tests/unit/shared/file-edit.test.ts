import fc from 'fast-check';
import { changesBetween, undo } from '../../../src/domain/shared/entry-changes';
import type { CameraFields } from '../../../src/domain/cameras/camera-rules';
import { commonBase, mergeFileEdit } from '../../../src/domain/shared/file-edit';

const cam = (id: string, more: CameraFields = {}): CameraFields => ({ id, name: id, source: '0', ...more });
const sorted = (cameras: readonly CameraFields[]) =>
  [...cameras].sort((a, b) => String(a.id).localeCompare(String(b.id)));

describe('the text an edit of the file started from', () => {
  const before = [cam('a', { fps: 1 }), cam('b')];
  const head = [cam('a', { fps: 2 }), cam('b')];
  const recent = (ageAtEdit: number) => [{ changes: changesBetween(before, head), ageAtEdit }];

  it('is the newest revision when nothing speaks against it', () => {
    const file = [cam('a', { fps: 2 }), cam('b', { fps: 9 })];
    expect(commonBase(file, head, recent(50))).toBe(head);
  });

  it('is the revision before when a save lacks a change that came a moment ago', () => {
    const file = [cam('a', { fps: 1 }), cam('b', { fps: 9 })];
    expect(sorted(commonBase(file, head, recent(50)))).toEqual(before);
  });

  it('is the newest revision when that change was there long enough to be seen', () => {
    const file = [cam('a', { fps: 1 }), cam('b', { fps: 9 })];
    expect(commonBase(file, head, recent(60_000))).toBe(head);
  });

  it('is the newest revision when the file simply goes back', () => {
    expect(commonBase(before, head, recent(50))).toBe(head);
  });
});

describe('an edit of the file', () => {
  const base = [cam('a', { fps: 1 }), cam('b', { fps: 1 }), cam('c')];

  it('keeps what came meanwhile: another field, a new camera, a removal', () => {
    const ours = [cam('a', { fps: 1, location: 'hall' }), cam('b', { fps: 1 }), cam('new')];
    const file = [cam('a', { fps: 5 }), cam('b', { fps: 1 }), cam('c')];
    expect(mergeFileEdit(base, file, ours)).toEqual([
      cam('a', { fps: 5, location: 'hall' }),
      cam('b', { fps: 1 }),
      cam('new'),
    ]);
  });

  it('wins where both changed the same field', () => {
    expect(mergeFileEdit(base, [cam('a', { fps: 5 })], [cam('a', { fps: 6 })])).toEqual([cam('a', { fps: 5 })]);
  });

  it('removes a camera unless that camera changed meanwhile', () => {
    const ours = [cam('a', { fps: 7 }), cam('b', { fps: 1 }), cam('c')];
    expect(mergeFileEdit(base, [cam('c')], ours)).toEqual([cam('c'), cam('a', { fps: 7 })]);
  });

  const cameras = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      name: fc.constantFrom('x', 'y'),
      source: fc.constant('0'),
      fps: fc.integer({ min: 1, max: 3 }),
    }),
    { selector: (c) => c.id },
  );

  it('is taken as it stands when nothing came meanwhile, for any file', () => {
    fc.assert(fc.property(cameras, cameras, (head, file) => expect(mergeFileEdit(head, file, head)).toEqual(file)));
  });

  it('changes nothing when it changed nothing, whatever came meanwhile', () => {
    fc.assert(
      fc.property(cameras, cameras, (old, ours) => expect(sorted(mergeFileEdit(old, old, ours))).toEqual(sorted(ours))),
    );
  });

  it('is undone by undoing its changes', () => {
    fc.assert(
      fc.property(cameras, cameras, (a, b) => expect(sorted(undo(b, changesBetween(a, b)))).toEqual(sorted(a))),
    );
  });
});
