import { ELEMENT, floats, modelOf, stepOf, tensorOf, valueOf } from '../../src/infrastructure/onnx/onnx-format';

/** Of a blob, in pixels of the model's input: half of those of the picture. */
const [WIDTH, HEIGHT] = [24, 48];

/**
 * A model that is made here, of some hundred bytes: "a red rectangle is a person". It has the outputs of the real one, so that all
 * the way from a film to an event can be tested on films that are drawn, whose truth is exact, without weights.
 */
export function blobModel(): Buffer {
  const nodes = [
    stepOf('Cast', ['image'], 'values', { to: ELEMENT.float32 }),
    stepOf('Transpose', ['values'], 'planes', { perm: [0, 3, 1, 2] }),
    // Red without the green and the blue.
    stepOf('Conv', ['planes', 'red'], 'redness', { kernel_shape: [1, 1] }),
    stepOf('AveragePool', ['redness'], 'share', {
      kernel_shape: [HEIGHT, WIDTH],
      strides: [4, 4],
      pads: [(HEIGHT - 4) / 2, (WIDTH - 4) / 2, (HEIGHT - 4) / 2, (WIDTH - 4) / 2],
      count_include_pad: 1,
    }),
    stepOf('Mul', ['share', 'gain'], 'scaled'),
    stepOf('Clip', ['scaled', 'zero', 'one'], 'heat'),
    stepOf('Mul', ['heat', 'zero'], 'zeros'),
    stepOf('Concat', ['zeros', 'zeros', 'zeros', 'zeros'], 'four', { axis: 1 }),
    stepOf('Add', ['four', 'half'], 'wh'),
  ];
  const constant = (name: string, dims: number[], values: number[]) =>
    tensorOf(name, ELEMENT.float32, dims, floats(values));
  return modelOf({
    nodes,
    constants: [
      constant('red', [1, 3, 1, 1], [1, -1, -1]),
      constant('gain', [], [1 / 240]),
      constant('zero', [], [0]),
      constant('one', [], [1]),
      // A cell of four pixels speaks of its middle, and is counted from its corner.
      constant('half', [1, 4, 1, 1], [WIDTH / 2 - 2, HEIGHT / 2 - 2, WIDTH / 2 + 2, HEIGHT / 2 + 2]),
    ],
    inputs: [valueOf('image', ELEMENT.uint8, ['n', 'h', 'w', 3])],
    outputs: [
      valueOf('heat', ELEMENT.float32, ['n', 1, 'y', 'x']),
      valueOf('wh', ELEMENT.float32, ['n', 4, 'y2', 'x2']),
    ],
  });
}

/** A model in the layout `rows` that finds one thing of the class 0, with a score as red as the picture is. */
export function redRows(): Buffer {
  const nodes = [
    stepOf('GlobalAveragePool', ['image'], 'means'),
    stepOf('Conv', ['means', 'weights', 'bias'], 'row', { kernel_shape: [1, 1] }),
    stepOf('Reshape', ['row', 'shape'], 'boxes'),
  ];
  const shape = Buffer.from(BigInt64Array.from([1n, 1n, 6n]).buffer);
  const weights = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, -1, 0, 0, 0];
  return modelOf({
    nodes,
    constants: [
      tensorOf('weights', ELEMENT.float32, [6, 3, 1, 1], floats(weights)),
      tensorOf('bias', ELEMENT.float32, [6], floats([0, 0, 32, 32, 0.5, 0])),
      tensorOf('shape', ELEMENT.int64, [3], shape),
    ],
    inputs: [valueOf('image', ELEMENT.float32, [1, 3, 'h', 'w'])],
    outputs: [valueOf('boxes', ELEMENT.float32, [1, 1, 6])],
  });
}

/** A picture of 640 × 384 with rectangles, each from its left upper corner, in red. */
export function drawn(blobs: readonly (readonly [x: number, y: number])[] = [], colour = [255, 0, 0]) {
  const [width, height] = [640, 384];
  const rgb = new Uint8Array(width * height * 3).fill(80);
  for (const [left, top] of blobs)
    for (let y = Math.max(0, top); y < Math.min(height, top + HEIGHT * 2); y += 1)
      for (let x = Math.max(0, left); x < Math.min(width, left + WIDTH * 2); x += 1)
        rgb.set(colour, (y * width + x) * 3);
  return { width, height, rgb };
}

/** Whether this machine has the optional packages; a test that needs them says so where it is left out. */
export function hasPackages(): boolean {
  const missing = ['onnxruntime-node', '@vladmandic/human'].filter((name) => {
    try {
      return !require.resolve(name);
    } catch {
      return true;
    }
  });
  if (missing.length > 0) process.stderr.write(`left out without the optional package ${missing.join(', ')}\n`);
  return missing.length === 0;
}
