/**
 * The parts of ONNX's file format (onnx.proto3, in the encoding of Protocol Buffers) that are needed to write a model.
 * Field numbers are those of its messages NodeProto, AttributeProto, TensorProto, ValueInfoProto, GraphProto and
 * ModelProto.
 */

export const ELEMENT = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
type ElementType = (typeof ELEMENT)[keyof typeof ELEMENT];

/** An attribute of a node: a whole number, a list of them, a text, or `{float}`. */
type Attribute = number | string | readonly number[] | { readonly float: number };

const IR_VERSION = 8;
const OPSET = 13;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const whole = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);

function part(field: number, content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
}

function attribute(name: string, value: Attribute): Buffer {
  const named = part(1, name);
  if (typeof value === 'number') return Buffer.concat([named, whole(3, value), whole(20, 2)]);
  if (typeof value === 'string') return Buffer.concat([named, part(4, value), whole(20, 3)]);
  if ('float' in value) return Buffer.concat([named, float(2, value.float), whole(20, 1)]);
  return Buffer.concat([named, ...value.map((n) => whole(8, n)), whole(20, 7)]);
}

export const stepOf = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Buffer =>
  Buffer.concat([
    ...inputs.map((name) => part(1, name)),
    part(2, output),
    part(4, operator),
    ...Object.entries(attributes).map(([name, value]) => part(5, attribute(name, value))),
  ]);

/** A constant. `raw`: its elements, little-endian. */
export const tensorOf = (name: string, type: ElementType, dims: readonly number[], raw: Buffer): Buffer =>
  Buffer.concat([...dims.map((n) => whole(1, n)), whole(2, type), part(8, name), part(9, raw)]);

/** An input or output; a dimension that is a name may have any size. */
export function valueOf(name: string, type: ElementType, dims: readonly (number | string)[]): Buffer {
  const shape = dims.map((dim) => part(1, typeof dim === 'string' ? part(2, dim) : whole(1, dim)));
  const tensorType = Buffer.concat([whole(1, type), part(2, Buffer.concat(shape))]);
  return Buffer.concat([part(1, name), part(2, part(1, tensorType))]);
}

export interface Graph {
  readonly nodes: readonly Buffer[];
  readonly constants: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
}

/** The content of an .onnx file. */
export function modelOf({ nodes, constants, inputs, outputs }: Graph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((each) => part(1, each)),
    part(2, 'graph'),
    ...constants.map((each) => part(5, each)),
    ...inputs.map((each) => part(11, each)),
    ...outputs.map((each) => part(12, each)),
  ]);
  return Buffer.concat([whole(1, IR_VERSION), part(7, graph), part(8, Buffer.concat([part(1, ''), whole(2, OPSET)]))]);
}

export const floats = (values: ArrayLike<number>): Buffer => Buffer.from(Float32Array.from(values).buffer);

/** A number of half precision (IEEE 754 binary16). */
export function fromHalf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1_023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1_024) * 2 ** (exponent - 15);
}

const SINGLE = new Float32Array(1);
const BITS = new Uint32Array(SINGLE.buffer);

/** To the nearest; too small ones become zero, too large ones infinite. */
function toHalf(value: number): number {
  SINGLE[0] = value;
  const bits = BITS[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  if (exponent <= 0) {
    const shift = 14 - exponent;
    return sign | (((fraction | 0x800000) + (1 << (shift - 1))) >> shift);
  }
  // What is carried over from the fraction makes the exponent larger, as it should.
  return sign | ((exponent << 10) + ((fraction + 0x1000) >> 13));
}

export const halves = (values: Float32Array): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16LE(toHalf(value), i * 2));
  return bytes;
};
