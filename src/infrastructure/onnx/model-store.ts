import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hasCode, replaceFile } from '../system/files';
import { type Layout } from './heads';
import { type Models, NoEngine, type OwnModel, findEngine } from './onnx-person-finder';
import { type Cut, type TfjsModel, convertTfjs } from './tfjs-to-onnx';

/** A model that comes in the npm package @vladmandic/human 3.3.6, by the SHA-256 of its two files. */
interface PackagedModel {
  readonly file: string;
  readonly json: string;
  readonly bin: string;
  readonly cut: Cut;
}

const POSE = 'StatefulPartitionedCall/';
const CLASSES = 'CenternetHead/centernet_cls_output/';

const PACKAGED = {
  centernet: {
    file: 'centernet',
    json: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
    bin: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef',
    cut: {
      input: 'tower_0/images',
      outputs: { 'tower_0/wh': 'wh', 'tower_0/keypoints': 'heat' },
      // Of 80 classes of things the first: persons.
      channels: { [`${CLASSES}pointwise_weights`]: [0], [`${CLASSES}biases`]: [0] },
    },
  },
  movenet: {
    file: 'movenet-lightning',
    json: 'df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9',
    bin: 'bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34',
    cut: {
      input: `${POSE}sub_1`,
      scaled: { multiply: 1 / 127.5, add: -1 },
      outputs: {
        [`${POSE}Sigmoid`]: 'heat',
        [`${POSE}Sigmoid_1`]: 'center',
        [`${POSE}kpt_regress_0/conv2d_6/BiasAdd`]: 'reg',
        [`${POSE}kpt_offset_0/conv2d_7/BiasAdd`]: 'off',
      },
    },
  },
} as const satisfies Readonly<Record<string, PackagedModel>>;

type PackagedName = keyof typeof PACKAGED;

/** What the settings say of the models. */
export interface ModelChoice {
  /** Where converted models are kept. */
  readonly dataDir: string;
  /** `centernet`, `movenet` (Apache-2.0 alone), or the path of an ONNX file with the outputs `heat` and `wh`. */
  readonly detectorPersons: string;
  /** Path of a model of the site's own; empty: none. */
  readonly detectorModel: string;
  readonly detectorModelLabels: readonly string[];
  readonly detectorModelLayout: Layout;
  readonly detectorModelOn: OwnModel['on'];
  readonly detectorModelSize: number;
}

/**
 * The files of the models that are chosen. Those of the package are converted once and kept.
 * @throws NoEngine when the package is not there, or is not the one that was tested
 */
export function modelsOf(choice: ModelChoice): Models {
  const { detectorPersons: persons, detectorModel: own, detectorModelLabels: labels } = choice;
  const { detectorModelLayout: layout, detectorModelOn: on, detectorModelSize: size } = choice;
  const ownModel = own === '' ? {} : { own: { file: existing(own), labels, layout, on, size } };
  const more = own === '' ? '' : `, ${path.basename(own)}`;
  if (persons === 'movenet') {
    const movenet = converted(choice.dataDir, 'movenet');
    return { persons: movenet, pose: movenet, ...ownModel, name: `movenet${more}` };
  }
  if (persons !== 'centernet') return { persons: existing(persons), ...ownModel, name: path.basename(persons) + more };
  const [centernet, pose] = [converted(choice.dataDir, 'centernet'), converted(choice.dataDir, 'movenet')];
  return { persons: centernet, pose, ...ownModel, name: `centernet, movenet${more}` };
}

/** Why no looks are possible here; undefined where they are, as far as it can be known without loading anything. */
export function whyNoLooks({ dataDir, detectorPersons: persons, detectorModel: own }: ModelChoice): string | undefined {
  try {
    findEngine();
    if (persons !== 'centernet' && persons !== 'movenet') existing(persons);
    else if (!madeOf(dataDir, persons).isThere || !madeOf(dataDir, 'movenet').isThere) packageFolder();
    if (own !== '') existing(own);
    return undefined;
  } catch (error) {
    if (error instanceof NoEngine) return error.message;
    throw error;
  }
}

function existing(file: string): string {
  if (isThere(file)) return file;
  throw new NoEngine(`Persons are not looked for: there is no model ${path.basename(file)} where the settings say.`);
}

function isThere(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Changes whenever a converted file of before must not be used any more. */
const FORM = 1;

function converted(dataDir: string, name: PackagedName): string {
  const { file, json, bin, cut }: PackagedModel = PACKAGED[name];
  const made = madeOf(dataDir, name);
  if (made.isThere) return made.file;
  const [graph, weights] = [checked(`${file}.json`, json), checked(`${file}.bin`, bin)];
  mkdirSync(path.dirname(made.file), { recursive: true });
  const model = convertTfjs(JSON.parse(graph.toString()) as TfjsModel, weights, cut);
  // Two processes may do it at once; each writes a draft of its own.
  replaceFile(made.file, model, `${made.file}.${process.pid}.tmp`);
  return made.file;
}

/** An image of a container has the converted models beside the program, and not the package. */
const SHIPPED = path.join(__dirname, '../../../..');

/** Where a converted model is, or is to be. */
function madeOf(dataDir: string, name: PackagedName): { readonly file: string; readonly isThere: boolean } {
  const file = path.join('models', `${name}-${PACKAGED[name].bin.slice(0, 8)}-${FORM}.onnx`);
  const found = [SHIPPED, dataDir].map((folder) => path.join(folder, file)).find(isThere);
  return { file: found ?? path.join(dataDir, file), isThere: found !== undefined };
}

function checked(name: string, expected: string): Buffer {
  const content = readFileSync(path.join(packageFolder(), 'models', name));
  if (createHash('sha256').update(content).digest('hex') === expected) return content;
  throw new NoEngine(
    `Persons are not looked for: ${name} of the package @vladmandic/human is not the file that was tested. Install version 3.3.6.`,
  );
}

function packageFolder(): string {
  try {
    // Its own exports hide package.json.
    return path.dirname(path.dirname(createRequire(__filename).resolve('@vladmandic/human')));
  } catch (error) {
    if (!hasCode(error, 'MODULE_NOT_FOUND')) throw error;
    throw new NoEngine(
      'Persons are not looked for: the optional package @vladmandic/human, which carries the models, is not installed. Install it with "npm install", or name a model of your own.',
      { cause: error },
    );
  }
}
