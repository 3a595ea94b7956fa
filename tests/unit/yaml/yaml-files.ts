import fc from 'fast-check';
import { type CameraFields, canonical } from '../../../src/domain/cameras/camera-rules';
import { type Json, isJsonObject } from '../../../src/domain/shared/json';
import { cameraSettings } from './camera-values';

/** A generated file: what it says, and the stretches of text that say it. */
export interface YamlFile {
  readonly text: string;
  readonly cameras: readonly CameraFields[];
  /** Per camera, its lines (or its flow map) as they stand in the text. */
  readonly chunks: readonly string[];
  readonly header: string;
  readonly footer: string;
  /** Whether cameras refer to each other's values. */
  readonly isShared: boolean;
}

type Style = { dash: string; gap: string; flowList: boolean };
type Fields = Record<string, Json>;
type Pick = (count: number) => number;

/** YAML that goes into the file as it is: an anchored value or an alias. */
class Verbatim {
  constructor(readonly text: string) {}
}

type Written = Record<string, Json | Verbatim>;

/** Repeatable choices, one for each question asked. */
function chooser(seed: number): Pick {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % count;
  };
}

const PLAIN = /^[A-Za-z\u4e00-\u9fff/][\w\u4e00-\u9fff ./]*$/;
const isWord = (s: string) => PLAIN.test(s) && !/^(true|false|null|yes|no|on|off)$/i.test(s) && s.trim() === s;

function scalar(value: Json, pick: Pick): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const style = pick(3);
  if (style === 0 && isWord(value)) return value;
  return style === 1 && !/[\n\r]/.test(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function flow(value: Json | Verbatim, pick: Pick): string {
  if (value instanceof Verbatim) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, pick)).join(pick(2) ? ', ' : ',')}]`;
  if (!isJsonObject(value)) return scalar(value, pick);
  return flowMap(value, pick);
}

function flowMap(map: Readonly<Written>, pick: Pick): string {
  const pad = pick(2) ? ' ' : '';
  const entries = Object.entries(map).map(
    ([key, item]) => `${isWord(key) ? key : JSON.stringify(key)}: ${flow(item, pick)}`,
  );
  return `{${pad}${entries.join(', ')}${pad}}`;
}

/** Over several lines now and then, with comments and a comma at the end. */
function cameraFlowMap(map: Readonly<Written>, pick: Pick): string {
  if (pick(3)) return flowMap(map, pick);
  const entries = Object.entries(map).map(
    ([key, item]) => `${key}: ${flow(item, pick)},${pick(2) ? '' : ' # 备注'}\n          `,
  );
  return `{${entries.join('').replace(/,([^,]*)$/, pick(2) ? ',$1' : '$1')}}`;
}

/** The lines of one `key: value`. */
function pairLines(key: string, value: Json | Verbatim, indent: string, pick: Pick): string[] {
  const head = `${indent}${isWord(key) ? key : JSON.stringify(key)}:`;
  const comment = pick(4) === 0 ? ' # 备注 note' : '';
  if (typeof value === 'string' && /^\S.*\n$/s.test(value) && pick(2)) {
    const body = value
      .slice(0, -1)
      .split('\n')
      .map((line) => (line === '' ? '' : `${indent}  ${line}`));
    return [`${head} |${comment}`, ...body];
  }
  if (isJsonObject(value) && !(value instanceof Verbatim) && Object.keys(value).length > 0 && pick(3)) {
    const inner = `${indent}${' '.repeat(1 + pick(4))}`;
    const above = pick(3) === 0 ? [`${inner}# above`] : [];
    return [head + comment, ...above, ...Object.entries(value).flatMap(([k, v]) => pairLines(k, v, inner, pick))];
  }
  return [`${head}${' '.repeat(1 + pick(2))}${flow(value, pick)}${comment}`];
}

const written = (fields: Fields, pick: Pick): Fields => {
  const out: Fields = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'active' && pick(2)) out.enabled = value;
    else if (key === 'resolution' && typeof value === 'string' && pick(3) === 0) {
      out.resolution = value.split('x').map(Number);
    } else out[key] = value;
  }
  return out;
};

/** The anchor of a camera, what it takes over, and how it is written. */
type Role = { anchor?: string; head?: string; asFlow: boolean };

function cameraLines(fields: Written, style: Style, { anchor, head, asFlow }: Role, pick: Pick): string[] {
  const { dash, gap } = style;
  const merge = head === undefined ? '' : `<<: ${head}, `;
  if (style.flowList || asFlow) {
    const map = cameraFlowMap(fields, pick).replace('{', `{${merge}`);
    const item = anchor === undefined ? map : `&${anchor} ${map}`;
    return [style.flowList ? item : `${dash}-${gap}${item}`];
  }
  const indent = `${dash} ${gap}`;
  const lines = [
    ...(head === undefined ? [] : [`${indent}<<: ${head}`]),
    ...Object.entries(fields).flatMap(([key, value]) => pairLines(key, value, indent, pick)),
  ];
  if (anchor !== undefined) return [`${dash}-${gap}&${anchor} # whole`, ...lines];
  const [first = '', ...rest] = lines;
  return [`${dash}-${gap}${first.slice(indent.length)}`, ...rest];
}

const options = fc.record({
  cameras: fc.array(cameraSettings, { minLength: 1, maxLength: 4 }),
  seed: fc.integer({ min: 0, max: 2 ** 30 }),
  eol: fc.constantFrom('\n', '\r\n', '\r'),
  bom: fc.boolean(),
  flowList: fc.nat({ max: 4 }).map((n) => n === 0),
  endComma: fc.boolean(),
  dash: fc.constantFrom('', '  ', '    '),
  gap: fc.constantFrom(' ', '   '),
  blank: fc.boolean(),
  finalBreak: fc.boolean(),
  footer: fc.boolean(),
  merges: fc.boolean(),
  shared: fc.boolean(),
});

const flowList = (chunks: readonly string[], o: { eol: string; endComma: boolean; dash: string }): string =>
  [
    '  [',
    ...chunks.map((chunk, i) => `  ${o.dash}${chunk}${o.endComma || i < chunks.length - 1 ? ',' : ''} # camera ${i}`),
    '  ]',
  ].join(o.eol);

/** Files in many styles: indents, quotes, flow and block, comments, line ends, merge keys, anchors. */
export const yamlFiles: fc.Arbitrary<YamlFile> = options.map((o) => {
  const pick = chooser(o.seed);
  const header = [
    '# 摄像头 cameras',
    ...(o.merges ? ['x-defaults: &defaults', '  fps: 12   # shared', '  location: "Site, A"'] : []),
    'cameras:   # 列表',
  ].join(o.eol);
  const defaults: Fields = o.merges ? { fps: 12, location: 'Site, A' } : {};
  let anchored: Json | undefined;
  let whole: Fields | undefined;
  const read: CameraFields[] = [];
  const chunks = o.cameras.map((fields, i) => {
    const full: Fields = { id: `cam-${i}`, ...fields };
    let env: Verbatim | undefined;
    if (o.shared && anchored !== undefined && pick(2) === 0) {
      full.env = anchored;
      env = new Verbatim('*shared');
    } else if (o.shared && anchored === undefined && full.env !== undefined) {
      anchored = full.env;
      env = new Verbatim(`&shared ${flow(anchored, pick)}`);
    }
    const plain = written(full, pick);
    const entries: Written = env ? { ...plain, env } : plain;
    const role: Role = { asFlow: pick(4) === 0 };
    if (whole && pick(2)) role.head = '*whole';
    else if (o.merges && pick(2)) role.head = '*defaults';
    else if (o.shared && !whole) role.anchor = 'whole';
    const inherited = role.head === '*whole' ? whole : role.head ? defaults : {};
    read.push(canonical({ ...inherited, ...plain }));
    if (role.anchor) whole = plain;
    return cameraLines(entries, o, role, pick).join('\n').replaceAll('\n', o.eol);
  });
  const footer = o.footer ? ['', '# 结束', 'x-last: {a: 1}'].join(o.eol) : '';
  const items = chunks.map((chunk, i) => `${o.dash}# camera ${i}${o.eol}${chunk}`).join(o.eol + (o.blank ? o.eol : ''));
  const list = o.flowList ? flowList(chunks, o) : items;
  const text = `${o.bom ? '\uFEFF' : ''}${header}${o.eol}${list}${footer === '' ? '' : o.eol + footer}${o.finalBreak ? o.eol : ''}`;
  return { text, cameras: read, chunks, header, footer, isShared: o.shared };
});
