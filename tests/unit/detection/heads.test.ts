import { distinct, readCenters, readLayout } from '../../../src/infrastructure/onnx/heads';
import { labelsIn } from '../../../src/infrastructure/onnx/onnx-person-finder';

const tensor = (dims: number[], data: number[]) => ({ dims, data });

describe('boxes by the shape of an output', () => {
  it('are corners, score and class in rows', () => {
    const rows = tensor([1, 3, 6], [10, 20, 30, 40, 0.9, 1, 0, 0, 0, 0, 0.1, 0, 60, 60, 80, 90, 0.5, 0]);
    expect(readLayout(rows, 'rows', [100, 100], 0.2)).toEqual([
      { box: { x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 }, score: 0.9, label: 1 },
      { box: { x1: 0.6, y1: 0.6, x2: 0.8, y2: 0.9 }, score: 0.5, label: 0 },
    ]);
  });

  it('are middle, size and scores in columns', () => {
    // Two boxes, two classes: channels first.
    const columns = tensor([1, 6, 2], [20, 70, 30, 75, 20, 20, 20, 30, 0.1, 0.5, 0.9, 0.2]);
    const found = readLayout(columns, 'columns', [100, 100], 0.2);
    expect(found.map(({ label, score }) => [label, score])).toEqual([
      [1, 0.9],
      [0, 0.5],
    ]);
    expect(found[0]?.box).toEqual({ x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 });
  });

  it('are shares already where no value is larger than 2', () => {
    const rows = tensor([1, 1, 6], [0.1, 0.2, 0.3, 0.4, 0.9, 0]);
    expect(readLayout(rows, 'rows', [640, 640], 0.2)[0]?.box).toEqual({ x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 });
  });

  it('drop what is no number, and doubles of a class', () => {
    const rows = tensor([1, 2, 6], [0.1, 0.2, 0.3, 0.4, Number.NaN, 0, 0.1, 0.2, 0.3, 0.4, 0.4, 0]);
    expect(readLayout(rows, 'rows', [1, 1], 0.2)).toHaveLength(1);
    const box = { x1: 0, y1: 0, x2: 1, y2: 1 };
    const each = (label: number, score: number) => ({ box, score, label });
    expect(distinct([each(0, 0.5), each(0, 0.9), each(1, 0.4)]).map(({ score }) => score)).toEqual([0.9, 0.4]);
  });
});

describe('peaks of a heat map', () => {
  it('are boxes by their distances to the four sides', () => {
    const heat = tensor([1, 1, 4, 4], [0, 0, 0, 0, 0, 0.9, 0.8, 0, 0, 0, 0, 0, 0, 0, 0, 0.3]);
    const wh = tensor(
      [1, 4, 4, 4],
      Array.from({ length: 64 }, () => 4),
    );
    const [first, second, ...more] = readCenters(heat, wh, 0.2);
    expect(more).toEqual([]);
    expect(first).toEqual({ box: { x1: 0, y1: 0, x2: 0.5, y2: 0.5 }, score: 0.9, label: 0 });
    expect(second?.score).toBe(0.3);
  });

  it('are one where two neighbours are equal', () => {
    const heat = tensor([1, 1, 1, 4], [0, 0.7, 0.7, 0]);
    const wh = tensor(
      [1, 4, 1, 4],
      Array.from({ length: 16 }, () => 1),
    );
    expect(readCenters(heat, wh, 0.2)).toHaveLength(1);
  });
});

describe('labels', () => {
  const box = { x1: 0, y1: 0, x2: 1, y2: 1 };
  const found = (label: number, score: number) => [{ box, score, label }];

  it('are there, not there, or left out when the model is not sure', () => {
    expect(labelsIn(found(0, 0.8), ['hairnet'])).toEqual({ hairnet: true });
    expect(labelsIn(found(0, 0.4), ['hairnet'])).toEqual({});
    expect(labelsIn([], ['hairnet'])).toEqual({ hairnet: false });
  });

  it('may have an opposite, and are unknown when neither is found', () => {
    expect(labelsIn(found(1, 0.8), ['hairnet', 'no_hairnet'])).toEqual({ hairnet: false });
    expect(labelsIn([], ['hairnet', 'no_hairnet'])).toEqual({});
  });
});
