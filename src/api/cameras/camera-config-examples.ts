import type { CameraConfigPort } from '../../application/cameras/camera-config-port';
import type { Examples } from '../http/example';
import { unknown } from '../http/refused-examples';

const GATE_RENAMED = {
  number: 2,
  sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
  origin: 'api',
  author: null,
  request_id: 'c0ffee',
  at: '2026-01-05T08:15:02.114Z',
  cameras: ['gate'],
};

export const cameraConfigExamples: Examples<CameraConfigPort> = {
  status: {
    input: {},
    answer: {
      state: 'in_sync',
      revision: 2,
      sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
      file_sha256: '8c82411d2ca2cec7a74ee2613b48973dd427f8c0bd5c10248cbf72f0f67f7ec0',
      cameras: 8,
      faults: [],
      quarantined: [],
      checked_at: '2026-01-05T08:15:02.114Z',
    },
    varies: ['/sha256', '/file_sha256'],
  },
  revisions: {
    input: { limit: 1, offset: 0 },
    answer: { revisions: [GATE_RENAMED], total: 2, limit: 1, offset: 0 },
    varies: ['/revisions/*/sha256', '/revisions/*/request_id'],
  },
  revision: {
    input: { number: 2 },
    answer: {
      ...GATE_RENAMED,
      text: 'cameras:\n  - {id: gate, name: Main gate, source: rtsp://viewer:***@192.0.2.7/main}\n',
      diff: '--- revision 1\n+++ revision 2\n@@ -2,1 +2,1 @@\n-  - {id: gate, name: Gate, source: rtsp://viewer:***@192.0.2.7/main}\n+  - {id: gate, name: Main gate, source: rtsp://viewer:***@192.0.2.7/main}\n',
      changes: [
        { camera_id: 'gate', kind: 'changed', fields: [{ field: 'name', before: 'Gate', after: 'Main gate' }] },
      ],
    },
    varies: ['/sha256', '/request_id', '/text', '/diff'],
    refused: unknown({ number: 4040 }, 'camera_config.revision_not_found', 'There is no revision 4040.'),
  },
  restore: {
    input: { number: 1 },
    answer: { status: 'success', restored: 1, revision: 6 },
    varies: ['/revision'],
    refused: unknown({ number: 4040 }, 'camera_config.revision_not_found', 'There is no revision 4040.'),
  },
};
