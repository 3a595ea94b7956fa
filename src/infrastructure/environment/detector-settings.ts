import { type Variable, names, path, readFlag, readNumber, readOneOf } from './setting-readers';

const LAYOUTS = ['columns', 'rows'] as const;
const SHOWN = ['frame', 'person', 'head'] as const;

/** Which models look at the pictures of the cameras. */
export interface ModelSettings {
  /** Whether persons are looked for where that is possible. */
  readonly detector: 'auto' | 'off';
  /** `centernet`, `movenet`, or the path of a model. */
  readonly detectorPersons: string;
  /** A model of the site's own for what persons wear; empty: none. */
  readonly detectorModel: string;
  readonly detectorModelLabels: readonly string[];
  readonly detectorModelLayout: (typeof LAYOUTS)[number];
  readonly detectorModelOn: (typeof SHOWN)[number];
  /** Side of its input in pixels. */
  readonly detectorModelSize: number;
  readonly detectorBlurHeads: boolean;
}

export const DETECTOR_VARIABLES: { readonly [K in keyof ModelSettings]: Variable<ModelSettings[K]> } = {
  detector: {
    name: 'DETECTOR',
    fallback: 'auto',
    about: 'auto: persons are looked for where the optional packages are installed; off: motion only',
    read: readOneOf(['auto', 'off']),
  },
  detectorPersons: {
    name: 'DETECTOR_PERSONS',
    fallback: 'centernet',
    about: 'what finds persons: centernet, movenet (Apache-2.0 alone, slower) or the path of a model',
    read: (value) => (value === 'centernet' || value === 'movenet' ? value : path(value)),
  },
  detectorModel: {
    name: 'DETECTOR_MODEL',
    fallback: '',
    about: 'an ONNX model of your own for hairnets and the like; empty: rules about them are not evaluated',
    read: (value) => (value === '' ? '' : path(value)),
  },
  detectorModelLabels: {
    name: 'DETECTOR_MODEL_LABELS',
    fallback: '',
    about: 'names of its classes in their order, separated by commas, like hairnet,no_hairnet',
    read: names,
  },
  detectorModelLayout: {
    name: 'DETECTOR_MODEL_LAYOUT',
    fallback: 'columns',
    about: 'shape of its output: columns [1, 4 + classes, n] or rows [1, n, 6]',
    read: readOneOf(LAYOUTS),
  },
  detectorModelOn: {
    name: 'DETECTOR_MODEL_ON',
    fallback: 'head',
    about: 'what it is shown: the whole frame, each person, or the head of each person',
    read: readOneOf(SHOWN),
  },
  detectorModelSize: {
    name: 'DETECTOR_MODEL_SIZE',
    fallback: '640',
    about: 'width and height of its input in pixels',
    read: readNumber(32, 1_280, 0),
  },
  detectorBlurHeads: {
    name: 'DETECTOR_BLUR_HEADS',
    fallback: 'false',
    about: 'true: heads are unrecognisable in the pictures of findings',
    read: readFlag,
  },
};
