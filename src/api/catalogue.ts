import { accessOperations } from './access/access-operations';
import { sessionOperations } from './access/session-operations';
import { alertHandlingOperations } from './alerts/alert-handling-operations';
import { alertOperations } from './alerts/alert-operations';
import { cameraControlOperations } from './camera-control/camera-control-operations';
import { cameraOverviewOperations, cameraProbeOperations } from './camera-control/camera-overview-operations';
import { cameraConfigOperations } from './cameras/camera-config-operations';
import { cameraDraftOperations } from './cameras/camera-draft-operations';
import { cameraOperations } from './cameras/camera-operations';
import { videoOperations } from './camera-control/video-operations';
import { eventOperations } from './events/events-operations';
import { detectionOperations } from './detection/detection-operations';
import type { Operation } from './http/operation';
import { nodeOperations } from './nodes/node-operations';
import { monitoringOperations } from './monitoring/monitoring-operations';
import { recordOperations } from './records/records-operations';
import { violationPictureOperations, violationQueueOperations } from './records/violation-queue-operations';
import { regionOperations } from './regions/region-operations';
import { rolloutOperations } from './rollout/rollout-operations';
import { seriesOperations } from './statistics/series-operations';
import { statisticsOperations } from './statistics/statistics-operations';
import { systemOperations } from './system/system-operations';

/** Every operation of the product, by context. */
export const catalogue = {
  cameras: cameraOperations,
  cameraConfig: cameraConfigOperations,
  cameraDrafts: cameraDraftOperations,
  cameraControl: cameraControlOperations,
  cameraOverview: cameraOverviewOperations,
  cameraProbes: cameraProbeOperations,
  regions: regionOperations,
  detection: detectionOperations,
  video: videoOperations,
  alerts: alertOperations,
  alertHandling: alertHandlingOperations,
  events: eventOperations,
  records: recordOperations,
  violationQueue: violationQueueOperations,
  violationPictures: violationPictureOperations,
  statistics: statisticsOperations,
  series: seriesOperations,
  rollout: rolloutOperations,
  monitoring: monitoringOperations,
  nodes: nodeOperations,
  system: systemOperations,
  access: accessOperations,
  sessions: sessionOperations,
};

export const allOperations: readonly Operation[] = Object.values(catalogue).flatMap((rows) => Object.values(rows));

/** The groups that move together; each switched operation belongs to exactly one. */
export const rolloutGroups = [
  'system-read',
  'alert-read',
  'event-read',
  'event-write',
  'statistics-read',
  'record-read',
  'camera-config',
  'camera-control',
  'alert-rules',
  'violation-status',
] as const;
