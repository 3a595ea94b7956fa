import type { CameraControlPort } from '../../application/camera-control/camera-control-port';
import { type Examples, invalid, unknown, unreadable } from '../http/example';

const RUNNING = {
  ok: true,
  running: true,
  pid: 48_211,
  log: 'logs/detect_line-3.log',
  desired_state: 'running',
  state: 'running',
  since: '2026-01-05T08:15:02.114Z',
  restarts: 0,
  last_exit: null,
  reason: null,
} as const;
const NO_CAMERA = unknown({ camera_id: 'none' }, 'camera.not_found', 'There is no camera "none".');
const MOVING = ['/pid', '/log'];
const STARTING = [...MOVING, '/cmd', '/state', '/last_exit'];

export const cameraControlExamples = {
  start: {
    input: { camera_id: 'dock' },
    answer: { ...RUNNING, log: 'logs/detect_dock.log', state: 'starting', cmd: ['node', 'dist/src/worker/main.js'] },
    varies: STARTING,
    refused: {
      input: { camera_id: 'attic' },
      status: 400,
      code: 'camera.inactive',
      detail: 'Camera "attic" is inactive: activate it first.',
      more: { params: { id: 'attic' } },
    },
  },
  stop: {
    input: { camera_id: 'line-4' },
    answer: {
      ...RUNNING,
      running: false,
      log: 'logs/detect_line-4.log',
      desired_state: 'stopped',
      state: 'stopped',
      last_exit: 'code 0',
      pid: 0,
    },
    varies: ['/log', '/last_exit'],
    refused: NO_CAMERA,
  },
  restart: {
    input: { camera_id: 'line-5' },
    answer: {
      ...RUNNING,
      log: 'logs/detect_line-5.log',
      state: 'starting',
      last_exit: 'code 0',
      cmd: ['node', 'dist/src/worker/main.js'],
    },
    varies: STARTING,
    refused: NO_CAMERA,
  },
  status: {
    input: { camera_id: 'line-3' },
    answer: RUNNING,
    varies: MOVING,
    refused: NO_CAMERA,
  },
  batchStatus: {
    input: { camera_ids: ['line-3'] },
    answer: { 'line-3': RUNNING },
    varies: MOVING.map((pointer) => `/*${pointer}`),
    refused: invalid({ camera_ids: 'line-3' }, 'camera_ids', 'must be an array', 'isArray'),
  },
  activate: {
    input: { camera_id: 'attic' },
    answer: { ok: true, camera_id: 'attic', active: true },
    refused: NO_CAMERA,
  },
  deactivate: {
    input: { camera_id: 'line-6' },
    answer: { ok: true, camera_id: 'line-6', active: false, stopped: true },
    refused: NO_CAMERA,
  },
  setAutoStart: {
    input: { camera_id: 'dock', auto_start: true },
    answer: { ok: true, camera_id: 'dock', auto_start: true },
    refused: unreadable(
      { camera_id: 'dock', auto_start: 'perhaps' },
      'auto_start',
      'must be a boolean value',
      'bool_parsing',
    ),
  },
  preview: {
    input: { camera_id: 'line-3' },
    answer: undefined,
    refused: NO_CAMERA,
  },
  stats: {
    input: { camera_id: 'line-3' },
    answer: {
      camera_id: 'line-3',
      running: true,
      pid: 48_211,
      log_file: 'logs/detect_line-3.log',
      stats: {
        total_frames: 5400,
        processed_frames: 5400,
        detected_persons: 0,
        detected_hairnets: null,
        detected_handwash: 0,
        avg_fps: 5,
        avg_detection_time: 0.004,
        last_detection_time: null,
      },
    },
    varies: ['/pid', '/log_file', '/stats'],
    refused: NO_CAMERA,
  },
  logs: {
    input: { camera_id: 'line-3', lines: 2 },
    answer: {
      camera_id: 'line-3',
      log_file: 'logs/detect_line-3.log',
      total_lines: 2,
      lines: [
        '2026-01-05T08:15:02.114Z the first frame is here',
        '2026-01-05T08:15:02.114Z motion_started {"changed":0.168}',
      ],
      before: 'b1946ac92492d2347c6235b4',
      after: '591785b794601e212b260e25',
    },
    varies: ['/log_file', '/total_lines', '/lines', '/before', '/after'],
    refused: unreadable({ camera_id: 'line-3', lines: 0 }, 'lines', 'must not be less than 1', 'greater_than_equal', {
      min: 1,
      max: 10_000,
    }),
  },
  refresh: {
    input: {},
    answer: { status: 'success', message: 'All cameras refreshed', timestamp: '2026-01-05T08:15:02.114Z', revision: 9 },
    varies: ['/revision'],
  },
} satisfies Partial<Examples<CameraControlPort>>;
