import type { CamerasPort } from '../../application/cameras/cameras-port';
import type { Examples } from '../http/example';
import { conflict, unknown } from '../http/refused-examples';

const LINE_3 = {
  active: true,
  location: 'hall B',
  camera_type: 'fixed',
  resolution: '320x180',
  fps: 5,
  auto_start: true,
  regions_file: 'config/regions.json',
  profile: 'accurate',
  device: 'auto',
  imgsz: 'auto',
  auto_tune: false,
  region_id: null,
  id: 'line-3',
  name: 'Packing line 3',
  source: 'testsrc:size=320x180,rate=5',
  enabled: true,
  is_active: true,
  status: 'active',
  created_at: '2026-01-05T08:15:02.114Z',
  updated_at: '2026-01-05T08:15:02.114Z',
} as const;

const NO_CAMERA = unknown({ camera_id: 'none' }, 'camera.not_found', 'There is no camera "none".');

export const cameraExamples: Examples<CamerasPort> = {
  list: {
    input: { active_only: false },
    answer: { cameras: [LINE_3] },
    varies: ['/cameras'],
  },
  get: {
    input: { camera_id: 'line-3' },
    answer: LINE_3,
    refused: NO_CAMERA,
  },
  create: {
    input: {
      id: 'sink',
      name: 'Hand-wash basin',
      source: 'rtsp://viewer:change-me@192.0.2.8/main',
      resolution: '1280x720',
      fps: 5,
    },
    answer: {
      ok: true,
      camera: {
        ...LINE_3,
        location: 'unknown',
        resolution: '1280x720',
        auto_start: false,
        id: 'sink',
        name: 'Hand-wash basin',
        source: 'rtsp://viewer:***@192.0.2.8/main',
      },
    },
    refused: conflict(
      { id: 'line-3', name: 'Another', source: '0' },
      'camera.exists',
      'There is a camera "line-3" already.',
    ),
  },
  update: {
    input: { camera_id: 'gate', name: 'Main gate north', fps: 12 },
    answer: {
      status: 'success',
      camera: {
        ...LINE_3,
        fps: 12,
        auto_start: false,
        id: 'gate',
        name: 'Main gate north',
        source: 'rtsp://viewer:***@192.0.2.7/main',
      },
    },
    refused: {
      input: { camera_id: 'gate', fsp: 7 },
      status: 400,
      code: 'camera.invalid',
      detail: 'fsp: is not a field of a camera: did you mean fps?',
      more: {
        errors: [
          {
            loc: ['body', 'fsp'],
            msg: 'is not a field of a camera: did you mean fps?',
            type: 'unknown_field',
            suggestion: 'fps',
          },
        ],
      },
    },
  },
  remove: {
    input: { camera_id: 'old-door' },
    answer: { status: 'success' },
    refused: NO_CAMERA,
  },
};
