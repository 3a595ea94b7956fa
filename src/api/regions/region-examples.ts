import { NO_STATS, type RegionService } from '../../application/regions/region-service';
import { CONDUCT_DEFAULTS } from '../../domain/regions/region-rules';
import { type Examples, conflict, unknown } from '../http/example';

const TIMES = { created_at: '2026-01-05T08:15:02.114Z', updated_at: '2026-01-05T08:15:02.114Z' } as const;
const SINK = {
  region_id: 'sink',
  region_type: 'handwash',
  polygon: [
    [120, 80],
    [360, 80],
    [360, 240],
    [120, 240],
  ],
  name: 'Hand-wash basin',
  is_active: true,
  camera_id: 'line-3',
  description: 'Left of the door',
  rules: CONDUCT_DEFAULTS,
  stats: NO_STATS,
  ...TIMES,
} as const;
const CORNER = {
  ...SINK,
  region_id: 'corner',
  region_type: 'restricted',
  polygon: [
    [0, 0],
    [50, 0],
    [0, 50],
  ],
  name: 'restricted_corner',
  camera_id: null,
  description: '',
} as const;
const GATE = { region_id: 'gate', region_type: 'entrance', polygon: CORNER.polygon, name: 'Gate' } as const;
const GATE_SAVED = { ...CORNER, ...GATE } as const;

const NO_REGION = unknown({ region: 'none' }, 'region.not_found', 'There is no region "none".');
const FEW = 'must have at least 3 different corners';

export const regionExamples = {
  list: { input: { camera_id: 'line-3' }, answer: [SINK, CORNER] },
  get: { input: { region: 'sink' }, answer: SINK, refused: NO_REGION },
  update: {
    input: { region: 'sink', is_active: false },
    answer: { ...SINK, is_active: false, status: 'success' },
    refused: NO_REGION,
  },
  remove: { input: { region: 'corner' }, answer: { status: 'success' }, refused: NO_REGION },
  canvas: {
    input: {},
    answer: {
      status: 'success',
      meta: { canvas_size: null, background_size: null, fit_mode: null, ref_size: null },
    },
  },
  setCanvas: {
    input: { canvas_size: { width: 800, height: 450 }, fit_mode: 'contain' },
    answer: {
      status: 'success',
      meta: {
        canvas_size: { width: 800, height: 450 },
        background_size: null,
        fit_mode: 'contain',
        ref_size: null,
      },
    },
  },
  saveAll: {
    input: { regions: [GATE] },
    answer: { status: 'success', created: 1, updated: 0, regions: [GATE_SAVED] },
    refused: {
      input: { regions: [{ ...GATE, polygon: [[0, 0]] }] },
      status: 400,
      code: 'region.invalid',
      detail: `regions.0.polygon: ${FEW}`,
      more: { errors: [{ loc: ['body', 'regions', 0, 'polygon'], msg: FEW, type: 'range' }] },
    },
  },
  create: {
    input: { ...GATE, region_id: 'dock', name: 'Loading dock' },
    answer: { ...GATE_SAVED, region_id: 'dock', name: 'Loading dock', status: 'success' },
    refused: conflict({ ...GATE, region_id: 'dock' }, 'region.exists', 'There is a region "dock" already.', {
      id: 'dock',
    }),
  },
  clear: { input: {}, answer: { status: 'success', removed: 3 } },
  plain: {
    input: {},
    answer: {
      regions: [SINK, CORNER].map((one) => ({
        id: one.region_id,
        name: one.name,
        type: one.region_type,
        description: one.description,
        points: one.polygon,
        rules: CONDUCT_DEFAULTS,
        isActive: true,
        color: '#007bff',
      })),
      canvas_size: { width: 800, height: 600 },
    },
  },
  replaceAll: {
    input: {
      regions: [
        {
          id: 'line',
          points: [
            { x: 10, y: 100 },
            { x: 200, y: 100 },
          ],
        },
      ],
    },
    answer: { status: 'success', created: 1, updated: 0, removed: 0 },
  },
} satisfies Examples<RegionService>;
