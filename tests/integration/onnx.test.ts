/**
 * @jest-environment ./tests/support/native-arrays.cjs
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LookRequest } from '../../src/application/detection/person-finder';
import { modelsOf } from '../../src/infrastructure/onnx/model-store';
import { NoEngine, OnnxPersonFinder } from '../../src/infrastructure/onnx/onnx-person-finder';
import { blobModel, drawn, hasPackages, redRows } from '../support/blob-model';

const withPackages = hasPackages() ? describe : describe.skip;
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'onnx-'));
  writeFileSync(path.join(dir, 'blob.onnx'), blobModel());
  writeFileSync(path.join(dir, 'rows.onnx'), redRows());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const choice = (more: object = {}) => ({
  dataDir: dir,
  detectorPersons: path.join(dir, 'blob.onnx'),
  detectorModel: '',
  detectorModelLabels: [],
  detectorModelLayout: 'rows' as const,
  detectorModelOn: 'person' as const,
  detectorModelSize: 64,
  ...more,
});
const request = (picture: LookRequest['picture'], more: Partial<LookRequest> = {}): LookRequest => ({
  picture,
  known: [],
  hands: [],
  labels: [],
  weight: 1,
  ...more,
});
const EVERYWHERE = [{ x1: 0, y1: 0, x2: 1, y2: 1 }];

withPackages('a look', () => {
  it('finds the persons that were drawn, to a few pixels', async () => {
    const looker = await OnnxPersonFinder.open(modelsOf(choice()));
    const { sightings, model } = await looker.look(() =>
      request(
        drawn([
          [100, 120],
          [400, 200],
        ]),
      ),
    );
    expect(model).toBe('blob.onnx');
    expect(sightings).toHaveLength(2);
    const [left] = sightings.toSorted((a, b) => a.box.x1 - b.box.x1);
    expect(left!.score).toBeGreaterThan(0.8);
    expect(Math.abs(left!.box.x1 * 640 - 100)).toBeLessThanOrEqual(6);
    expect(Math.abs(left!.box.y2 * 384 - 216)).toBeLessThanOrEqual(6);
  });

  it('finds nobody in an empty picture', async () => {
    const looker = await OnnxPersonFinder.open(modelsOf(choice()));
    expect((await looker.look(() => request(drawn()))).sightings).toEqual([]);
  });

  it('takes the picture when its turn comes, one after the other', async () => {
    const looker = await OnnxPersonFinder.open(modelsOf(choice()));
    const order: number[] = [];
    const looks = [1, 2, 3].map((n) => looker.look(() => (order.push(n), request(drawn()))));
    expect(order).toEqual([]);
    await Promise.all(looks);
    expect(order).toEqual([1, 2, 3]);
  });

  it('goes on after a picture that no model can take', async () => {
    const looker = await OnnxPersonFinder.open(modelsOf(choice()));
    const broken = { width: 640, height: 384, rgb: new Uint8Array(5) };
    await expect(looker.look(() => request({ ...broken, width: 0 }))).rejects.toThrow();
    expect((await looker.look(() => request(drawn([[100, 120]])))).sightings).toHaveLength(1);
  });

  it('asks the site’s own model where its labels are wanted, and only there', async () => {
    const own = { detectorModel: path.join(dir, 'rows.onnx'), detectorModelLabels: ['apron'] };
    const looker = await OnnxPersonFinder.open(modelsOf(choice(own)));
    const [with_, without] = [{ labels: EVERYWHERE }, {}];
    const seen = await looker.look(() => request(drawn([[100, 120]]), with_));
    expect(seen.labels).toEqual(['apron']);
    expect(seen.sightings[0]?.labels).toEqual({ apron: true });
    expect((await looker.look(() => request(drawn([[100, 120]]), without))).sightings[0]?.labels).toBeUndefined();
  });
});

withPackages('the models of the package', () => {
  it('are converted once and run, with hands and a second opinion on a person who is none', async () => {
    const models = modelsOf(choice({ detectorPersons: 'centernet' }));
    expect(readdirSync(path.join(dir, 'models')).filter((name) => name.endsWith('.onnx'))).toHaveLength(2);
    expect(modelsOf(choice({ detectorPersons: 'centernet' }))).toEqual(models);
    const looker = await OnnxPersonFinder.open(models);
    const { sightings } = await looker.look(() => request(drawn([[100, 120]]), { hands: EVERYWHERE }));
    // A red rectangle may look like somebody to the first model; the second one must not agree.
    expect(sightings.filter(({ score, isConfirmed }) => score > 0.35 && isConfirmed !== false)).toEqual([]);
  });

  it('may be those of Apache-2.0 alone', async () => {
    const models = modelsOf(choice({ detectorPersons: 'movenet' }));
    expect(models.name).toBe('movenet');
    const looker = await OnnxPersonFinder.open(models);
    expect((await looker.look(() => request(drawn()))).sightings).toEqual([]);
  });
});

describe('a model that is not there', () => {
  it('is said in a sentence', () => {
    expect(() => modelsOf(choice({ detectorPersons: '/nowhere/x.onnx' }))).toThrow(NoEngine);
    expect(() => modelsOf(choice({ detectorPersons: '/nowhere/x.onnx' }))).toThrow('there is no model x.onnx');
  });
});
