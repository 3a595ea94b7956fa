import { ELEMENT, floats, fromHalf, halves, modelOf, stepOf, tensorOf, valueOf } from './onnx-format';

/** A graph model of TensorFlow.js: its JSON and the bytes of its weights, all shards one after the other. */
export interface TfjsModel {
  readonly modelTopology: { readonly node: readonly TfjsNode[] };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly TfjsWeight[] }[];
}

interface TfjsNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, TfjsAttribute>>;
}

interface TfjsAttribute {
  readonly s?: string;
  readonly b?: boolean;
  readonly list?: { readonly i?: readonly string[]; readonly s?: readonly string[] };
}

interface TfjsWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What is taken from a model: it is cut off at the named outputs, and reading these is left to whoever runs it. */
export interface Cut {
  /** The node that takes the picture. */
  readonly input: string;
  /** Names of nodes and of the outputs made of them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The values of a byte become `byte * multiply + add`. */
  readonly scaled?: { readonly multiply: number; readonly add: number };
  /** Of these weights only the named channels of the last axis. */
  readonly channels?: Readonly<Record<string, readonly number[]>>;
}

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString();
const nameOf = (reference: string): string => reference.split(':')[0] ?? '';
const listOf = (attribute: TfjsAttribute | undefined): number[] => (attribute?.list?.i ?? []).map(Number);
/** Of the four of NHWC the two that are not 1. */
const middle = (list: readonly number[]): number[] => list.slice(1, 3);

/**
 * The convolutional part of a graph model of TensorFlow.js as ONNX: a picture of bytes, NHWC, goes in, of any size;
 * inside all is NCHW; the outputs are NCHW. Weights are stored with half precision.
 * @throws Error for an operator or a type that it does not know
 */
export function convertTfjs(model: TfjsModel, weights: Buffer, cut: Cut): Buffer {
  return new Conversion(model, weightsIn(model, weights), cut).model();
}

function weightsIn({ weightsManifest }: TfjsModel, bytes: Buffer): Map<string, Weight> {
  let at = 0;
  const all = weightsManifest.flatMap(({ weights }) => weights);
  return new Map(
    all.map((weight) => {
      const count = weight.shape.reduce((a, b) => a * b, 1);
      const [size, read] = readerOf(weight, bytes);
      const values = Float32Array.from({ length: count }, (_, i) => read(at + i * size));
      at += count * size;
      return [weight.name, { shape: weight.shape, values }];
    }),
  );
}

function readerOf({ name, dtype, quantization }: TfjsWeight, bytes: Buffer): [number, (at: number) => number] {
  const { scale = 1, min = 0 } = quantization ?? {};
  switch (quantization?.dtype ?? dtype) {
    case 'float16':
      return [2, (at) => fromHalf(bytes.readUInt16LE(at))];
    case 'float32':
      return [4, (at) => bytes.readFloatLE(at)];
    case 'int32':
      return [4, (at) => bytes.readInt32LE(at)];
    case 'uint8':
    case 'bool':
      return [1, (at) => bytes.readUInt8(at) * scale + min];
    default:
      throw new Error(`The weight ${name} has a type that is not known: ${dtype}`);
  }
}

/** The axes of a weight of four in another order. */
function turned({ shape, values }: Weight, order: readonly [number, number, number, number]): Weight {
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const steps = order.map((axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [a = 1, b = 1, c = 1, d = 1] = sizes;
  const [sa = 0, sb = 0, sc = 0, sd = 0] = steps;
  const result = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < a; i += 1)
    for (let j = 0; j < b; j += 1)
      for (let k = 0; k < c; k += 1)
        for (let l = 0; l < d; l += 1) result[at++] = values[i * sa + j * sb + k * sc + l * sd] ?? 0;
  return { shape: sizes, values: result };
}

function picked({ shape, values }: Weight, channels: readonly number[]): Weight {
  const all = shape.at(-1) ?? 1;
  const rows = Array.from({ length: values.length / all }, (_, row) => row);
  const kept = rows.flatMap((row) => channels.map((channel) => values[row * all + channel] ?? 0));
  return { shape: [...shape.slice(0, -1), channels.length], values: Float32Array.from(kept) };
}

const BINARY: Readonly<Record<string, string>> = { Mul: 'Mul', Add: 'Add', AddV2: 'Add', Sub: 'Sub', RealDiv: 'Div' };
const FEWEST_HALVED = 16;

class Conversion {
  private readonly nodes: Buffer[] = [];
  private readonly constants: Buffer[] = [];
  private readonly made = new Map<string, string>();
  private readonly source: ReadonlyMap<string, TfjsNode>;

  constructor(
    { modelTopology }: TfjsModel,
    private readonly weights: Map<string, Weight>,
    private readonly cut: Cut,
  ) {
    this.source = new Map(modelTopology.node.map((node) => [node.name, node]));
    for (const [name, channels] of Object.entries(cut.channels ?? {}))
      weights.set(name, picked(this.weight(name), channels));
  }

  model(): Buffer {
    const outputs = Object.entries(this.cut.outputs).map(([node, name]) => {
      this.nodes.push(stepOf('Identity', [this.value(node)], name));
      return valueOf(name, ELEMENT.float32, ['n', `${name}_c`, `${name}_h`, `${name}_w`]);
    });
    const inputs = [valueOf('image', ELEMENT.uint8, ['n', 'h', 'w', 3])];
    return modelOf({ nodes: this.nodes, constants: this.constants, inputs, outputs });
  }

  private emit(...[operator, inputs, attributes]: readonly [string, string[], Parameters<typeof stepOf>[3]?]): string {
    const output = `t${this.nodes.length}`;
    this.nodes.push(stepOf(operator, inputs, output, attributes));
    return output;
  }

  private constant(values: ArrayLike<number>, dims: readonly number[] = []): string {
    const name = `w${this.constants.length}`;
    const isLarge = values.length > FEWEST_HALVED;
    const raw = isLarge ? halves(Float32Array.from(values)) : floats(values);
    this.constants.push(tensorOf(name, isLarge ? ELEMENT.float16 : ELEMENT.float32, dims, raw));
    return isLarge ? this.emit('Cast', [name], { to: ELEMENT.float32 }) : name;
  }

  private weight(reference: string): Weight {
    const found = this.weightIn(reference);
    if (!found) throw new Error(`The model has no weight ${reference}`);
    return found;
  }

  private weightIn(reference: string): Weight | undefined {
    const name = nameOf(reference);
    const node = this.source.get(name);
    const [of] = node?.op === 'Identity' ? (node.input ?? []) : [];
    return this.weights.get(name) ?? (of === undefined ? undefined : this.weightIn(of));
  }

  private value(reference: string): string {
    const name = nameOf(reference);
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const node = this.source.get(name);
    if (!node) throw new Error(`The model has no node ${name}`);
    const made = name === this.cut.input ? this.picture() : this.madeOf(node);
    this.made.set(name, made);
    return made;
  }

  private picture(): string {
    const planes = this.emit('Transpose', [this.emit('Cast', ['image'], { to: ELEMENT.float32 })], {
      perm: [0, 3, 1, 2],
    });
    const { scaled } = this.cut;
    if (!scaled) return planes;
    return this.emit('Add', [
      this.emit('Mul', [planes, this.constant([scaled.multiply])]),
      this.constant([scaled.add]),
    ]);
  }

  private madeOf({ op, name, input = [], attr = {} }: TfjsNode): string {
    const [first = '', second = ''] = input;
    const binary = Object.hasOwn(BINARY, op) ? BINARY[op] : undefined;
    if (binary !== undefined) return this.emit(binary, [this.operand(first), this.operand(second)]);
    switch (op) {
      case '_FusedConv2D':
      case 'Conv2D':
        return this.convolution(input, attr, turned(this.weight(second), [3, 2, 0, 1]), 1);
      case 'FusedDepthwiseConv2dNative':
      case 'DepthwiseConv2dNative':
        return this.depthwise(input, attr);
      case 'Relu6':
      case 'Relu':
        return this.activation(op, this.value(first));
      case 'Sigmoid':
        return this.emit('Sigmoid', [this.value(first)]);
      case 'Identity':
      case 'Cast':
        return this.value(first);
      case 'Mean':
        return this.emit('GlobalAveragePool', [this.value(first)]);
      case 'ConcatV2':
        return this.emit(
          'Concat',
          input.slice(0, -1).map((each) => this.value(each)),
          { axis: 1 },
        );
      case 'ResizeBilinear':
        return this.doubled(first, attr);
      default:
        throw new Error(`The operator ${op} of ${name} is not known`);
    }
  }

  /** All that these models do with it is to double both sides. */
  private doubled(input: string, { half_pixel_centers: half, align_corners: corners }: NonNullable<TfjsNode['attr']>) {
    const coordinates = half?.b ? 'half_pixel' : corners?.b ? 'align_corners' : 'asymmetric';
    const inputs = [this.value(input), '', this.constant([1, 1, 2, 2], [4])];
    return this.emit('Resize', inputs, { mode: 'linear', coordinate_transformation_mode: coordinates });
  }

  private operand(reference: string): string {
    const weight = this.weightIn(reference);
    if (!weight) return this.value(reference);
    const { shape, values } = weight;
    if (values.length === 1) return this.constant(values);
    if (shape.length === 1) return this.constant(values, [1, values.length, 1, 1]);
    const planes = turned(weight, [0, 3, 1, 2]);
    return this.constant(planes.values, planes.shape);
  }

  private depthwise(input: readonly string[], attr: NonNullable<TfjsNode['attr']>): string {
    const weight = this.weight(input[1] ?? '');
    const [height = 1, width = 1, channels = 1, times = 1] = weight.shape;
    const { values } = turned(weight, [2, 3, 0, 1]);
    return this.convolution(input, attr, { shape: [channels * times, 1, height, width], values }, channels);
  }

  private convolution(
    [input = '', , bias]: readonly string[],
    attr: NonNullable<TfjsNode['attr']>,
    { shape, values }: Weight,
    group: number,
  ): string {
    const kernel = shape.slice(2);
    const dilations = attr.dilations ? middle(listOf(attr.dilations)) : [1, 1];
    const strides = middle(listOf(attr.strides));
    const fused = (attr.fused_ops?.list?.s ?? []).map(textOf);
    const inputs = [this.value(input), this.constant(values, shape)];
    if (fused[0] === 'BiasAdd') {
      const added = this.weight(bias ?? '');
      inputs.push(this.constant(added.values, [added.values.length]));
    }
    const padding = paddingOf(attr, kernel, strides, dilations);
    let output = this.emit('Conv', inputs, { strides, group, dilations, kernel_shape: kernel, ...padding });
    for (const after of fused.filter((each) => each !== 'BiasAdd')) output = this.activation(after, output);
    return output;
  }

  private activation(name: string, input: string): string {
    if (name === 'Relu6') return this.emit('Clip', [input, this.constant([0]), this.constant([6])]);
    if (name === 'Relu') return this.emit('Relu', [input]);
    throw new Error(`The activation ${name} is not known`);
  }
}

function paddingOf(
  { padding, explicit_paddings: explicit }: NonNullable<TfjsNode['attr']>,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): { readonly pads?: number[]; readonly auto_pad?: string } {
  switch (textOf(padding?.s ?? '')) {
    case 'SAME': {
      // With a stride it depends on the size of the picture, which is not known here.
      if (strides.some((stride) => stride !== 1)) return { auto_pad: 'SAME_UPPER' };
      const all = kernel.map((size, i) => (size - 1) * (dilations[i] ?? 1));
      const before = all.map((n) => n >> 1);
      return { pads: [...before, ...all.map((n, i) => n - (before[i] ?? 0))] };
    }
    case 'EXPLICIT': {
      const [, , top = 0, bottom = 0, left = 0, right = 0] = listOf(explicit);
      return { pads: [top, left, bottom, right] };
    }
    default:
      return { pads: [0, 0, 0, 0] };
  }
}
