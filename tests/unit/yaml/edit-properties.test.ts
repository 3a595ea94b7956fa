import fc from 'fast-check';
import { parse } from 'yaml';
import { CAMERA_RULES, type CameraFields, canonical } from '../../../src/domain/cameras/camera-rules';
import type { ConfigEdit } from '../../../src/application/shared/config-file';
import type { DomainError } from '../../../src/domain/shared/domain-error';
import { idOf } from '../../../src/domain/shared/entry-changes';
import { type Json, isJsonObject, sameJson } from '../../../src/domain/shared/json';
import { CameraParts } from '../../../src/infrastructure/yaml/camera-parts';
import { type CamerasDocument, readCamerasDocument } from '../../../src/infrastructure/yaml/cameras-document';
import { YamlCamerasFormat } from '../../../src/infrastructure/yaml/yaml-cameras-format';
import { cameraId, manyCameras } from '../../../bench/many-cameras';
import { runs } from '../../support/long-runs';
import { changes } from './camera-values';
import { type YamlFile, yamlFiles } from './yaml-files';

const format = new YamlCamerasFormat();
const RUNS = { numRuns: runs(400, 40) };

/** What another parser reads. Its bare numbers are made texts where the rules ask for a text. */
function secondOpinion(text: string): CameraFields[] {
  // The other parser takes a lone CR for a character of the text.
  const root: unknown = parse(text.replace(/\r\n?/g, '\n'), { merge: true, logLevel: 'error' });
  const list: unknown = isJsonObject(root) ? root.cameras : undefined;
  if (!Array.isArray(list)) throw new Error('no list of cameras');
  return list.map((camera: Record<string, Json>) =>
    canonical(
      Object.fromEntries(
        Object.entries(camera).map(([k, v]) => [k, CAMERA_RULES[k]?.textRule && typeof v === 'number' ? String(v) : v]),
      ),
    ),
  );
}

/** The parsers differ in what they refuse. */
function secondOpinionIfAny(text: string): CameraFields[] | undefined {
  try {
    return secondOpinion(text);
  } catch {
    return undefined;
  }
}

const apply = (fields: CameraFields, change: Readonly<Record<string, Json | undefined>>): CameraFields =>
  Object.fromEntries(
    Object.entries({ ...fields, ...change }).flatMap(([k, v]): [string, Json][] => (v === undefined ? [] : [[k, v]])),
  );

const anyCamera = (file: YamlFile) => fc.nat({ max: file.cameras.length - 1 });

it('reads every generated file like an independent parser', () => {
  fc.assert(
    fc.property(yamlFiles, (file) => {
      const reading = format.read(file.text);
      expect(reading.faults).toEqual([]);
      expect(reading.entries).toEqual(file.cameras);
      expect(secondOpinion(file.text)).toEqual(file.cameras);
    }),
    RUNS,
  );
});

it('makes exactly the change asked for, in the eyes of both parsers, and leaves every other camera as it is', () => {
  const cases = yamlFiles.chain((file) => fc.tuple(fc.constant(file), anyCamera(file), changes));
  fc.assert(
    fc.property(cases, ([file, index, change]) => {
      const text = format.edit(file.text, [{ kind: 'set', id: `cam-${index}`, fields: change }]);
      const expected = file.cameras.map((fields, i) => (i === index ? apply(fields, change) : fields));
      expect(format.read(text)).toEqual({ entries: expected, faulty: [], readable: true, faults: [] });
      expect(secondOpinion(text)).toEqual(expected);
      if (!file.isShared) expectUntouched(text, file, (i) => i !== index);
    }),
    RUNS,
  );
});

it('adds and removes cameras and changes others in one go', () => {
  const cases = yamlFiles.chain((file) => fc.tuple(fc.constant(file), anyCamera(file), anyCamera(file), changes));
  fc.assert(
    fc.property(cases, ([file, removed, changed, change]) => {
      const added = apply({ id: 'new', name: 'New', source: '0' }, change);
      const text = format.edit(file.text, [
        { kind: 'add', fields: added },
        { kind: 'remove', id: `cam-${removed}` },
        ...(changed === removed ? [] : [{ kind: 'set', id: `cam-${changed}`, fields: { fps: 77 } } as const]),
      ]);
      const expected = file.cameras
        .map((fields, i) => (i === changed ? { ...fields, fps: 77 } : fields))
        .filter((_, i) => i !== removed);
      expect(format.read(text)).toEqual({ entries: [...expected, added], faulty: [], readable: true, faults: [] });
      expect(secondOpinion(text)).toEqual([...expected, added]);
      if (!file.isShared) expectUntouched(text, file, (i) => i !== removed && i !== changed);
    }),
    RUNS,
  );
});

it('removes all cameras and adds one to the empty list', () => {
  fc.assert(
    fc.property(yamlFiles, (file) => {
      const emptied = format.edit(
        file.text,
        file.cameras.map((_, i) => ({ kind: 'remove', id: `cam-${i}` })),
      );
      expect(secondOpinion(emptied)).toEqual([]);
      const camera = { id: 'x', name: 'X: y', source: '0' };
      const filled = format.edit(emptied, [{ kind: 'add', fields: camera }]);
      expect(secondOpinion(filled)).toEqual([camera]);
      expect(filled.endsWith(file.footer)).toBe(file.text.endsWith(file.footer));
    }),
    RUNS,
  );
});

it('changes the bytes of one value only when one value that stands in the file is set', () => {
  const cases = yamlFiles.chain((file) =>
    fc.tuple(fc.constant(file), anyCamera(file), fc.integer({ min: 100, max: 240 })),
  );
  fc.assert(
    fc.property(cases, ([file, index, fps]) => {
      const chunk = file.chunks[index] ?? '';
      const old = /fps: +(\d+)/.exec(chunk)?.[1];
      fc.pre(old !== undefined && !file.isShared);
      const changed = chunk.replace(/(fps: +)\d+/, `$1${fps}`);
      const text = format.edit(file.text, [{ kind: 'set', id: `cam-${index}`, fields: { fps } }]);
      expect(text).toBe(file.text.replace(chunk, () => changed));
    }),
    RUNS,
  );
});

type Plan = { readonly set: readonly number[]; readonly add: number; readonly change: Partial<CameraFields> };

const plans: fc.Arbitrary<Plan> = fc.record({
  set: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 3 }),
  add: fc.nat({ max: 2 }),
  change: changes,
});

/** What a plan asks of the cameras there are; without a camera to set and one to add: the removal of one. */
function editsOfPlan({ set, add, change }: Plan, ids: readonly string[], step: number): ConfigEdit[] {
  const settable = set.flatMap((i) => ids[i] ?? []);
  const edits = [
    ...settable.map((id): ConfigEdit => ({ kind: 'set', id, fields: change })),
    ...Array.from({ length: add }, (_, i): ConfigEdit => {
      return { kind: 'add', fields: apply({ id: `new-${step}-${i}`, name: 'New', source: '0' }, change) };
    }),
  ];
  const last = ids.at(-1);
  return edits.length > 0 || last === undefined ? edits : [{ kind: 'remove', id: ids[step % ids.length] ?? last }];
}

it('reads the same, and writes the same bytes, whether an edit reads the whole file or its own cameras only', () => {
  let apart = 0;
  fc.assert(
    fc.property(yamlFiles, fc.array(plans, { minLength: 1, maxLength: 8 }), (file, steps) => {
      fc.pre(/[\r\n]$/.test(file.text) && !file.isShared);
      const [parts, whole] = [new YamlCamerasFormat(), new YamlCamerasFormat()];
      // An anchor anywhere: the cameras may refer to it, so the file is read as a whole.
      const anchor = `x-anchor: &anchor 1${/\r\n|\n|\r/.exec(file.text)?.[0] ?? ''}`;
      let text = file.text;
      steps.forEach((plan, step) => {
        const edits = editsOfPlan(plan, parts.read(text).entries.map(idOf), step);
        const before = text;
        if (CameraParts.of(readCamerasDocument(before))) apart += 1;
        const outcome = orRefusal(() => parts.edit(before, edits));
        expect(outcome).toBe(orRefusal(() => whole.edit(before + anchor, edits).slice(0, -anchor.length)));
        if (outcome.startsWith('refused:')) return;
        text = outcome;
        expect(parts.read(text)).toEqual(new YamlCamerasFormat().read(text));
      });
    }),
    RUNS,
  );
  expect(apart).toBeGreaterThan(RUNS.numRuns);
});

function orRefusal(edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    return `refused: ${(error as DomainError).code}`;
  }
}

it.each<[string, ConfigEdit[]]>([
  ['a changed camera', [{ kind: 'set', id: cameraId(70), fields: { name: 'Gate' } }]],
  ['a new one', [{ kind: 'add', fields: { id: 'new', name: 'New', source: '0' } }]],
  ['a removed one', [{ kind: 'remove', id: cameraId(51) }]],
])('reads no more of a long file than %s', (_what, edits) => {
  const text = manyCameras(100);
  const read: string[] = [];
  const readAndCount = (part: string) => {
    read.push(part);
    return readCamerasDocument(part);
  };
  const edit = (document: CamerasDocument) => readAndCount(format.edit(document.text, edits));
  const edited = CameraParts.of(readCamerasDocument(text))?.edited(edits, { read: readAndCount, edit });
  expect(edited?.reading).toEqual(readCamerasDocument(edited?.text ?? '').reading);
  expect(edited?.text).toBe(new YamlCamerasFormat().edit(text, edits));
  expect(Math.max(...read.map((part) => part.length))).toBeLessThan(1_000);
});

it('survives any damage to a file: it is refused or reads like with an independent parser that reads it, and is masked', () => {
  const damage = fc.constantFrom(
    '',
    ' ',
    '\n',
    '  ',
    ':',
    '- ',
    '"',
    "'",
    '#',
    ' #',
    '[',
    '}',
    ',',
    '&a ',
    '*a',
    '|',
    '!x ',
    '\t',
    '? ',
    '<<: ',
  );
  const cases = fc.tuple(yamlFiles, fc.nat({ max: 999 }), fc.nat({ max: 3 }), damage);
  fc.assert(
    fc.property(cases, ([file, place, length, inserted]) => {
      const at = Math.floor((place * file.text.length) / 1000);
      const text = file.text.slice(0, at) + inserted + file.text.slice(at + length);
      const { entries: cameras, faulty, readable, faults } = format.read(text);
      // A key `null` has no name in the other parser's eyes.
      fc.pre(!JSON.stringify(cameras).includes('"null":'));
      const isRefused = faults.some((fault) => fault.severity === 'error');
      expect(isRefused).toBe(!readable || faulty.length > 0);
      const others = readable ? (secondOpinionIfAny(text) ?? cameras) : [];
      const isAmongOthers = (camera: CameraFields) => others.some((other) => sameJson(other, camera));
      expect(faulty.length > 0 ? cameras.filter(isAmongOthers) : others).toEqual(cameras);
      const lines = text.split(/\r\n|\n|\r/).length;
      expect(faults.filter(({ line, column }) => line < 1 || line > lines || column < 1)).toEqual([]);
      expect(format.mask(text)).toContain('camera');
    }),
    { numRuns: runs(1_000, 100) },
  );
});

/** Header, footer and the cameras not meant stand in the text byte by byte, in order. */
function expectUntouched(text: string, file: YamlFile, isUntouched: (index: number) => boolean): void {
  const parts = [file.header, ...file.chunks.filter((_, i) => isUntouched(i)), file.footer];
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    expect(found).toBeGreaterThanOrEqual(at);
    at = found + part.length;
  }
  for (const [i] of file.chunks.entries()) expect(text).toContain(`# camera ${i}`);
}
