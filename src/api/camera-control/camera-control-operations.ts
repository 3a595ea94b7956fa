import type { CameraControlPort } from '../../application/camera-control/camera-control-port';
import { Media } from '../../application/shared/media';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  ActivatedDto,
  AutoStartDto,
  AutoStartSetDto,
  BatchDto,
  BatchStatusDto,
  CameraKeyDto,
  DeactivatedDto,
  LogDto,
  LogPageDto,
  ProcessStatusDto,
  RefreshedDto,
  StartedDto,
  StatsDto,
} from './camera-control-dto';

const group = 'camera-control';
/** Both paths ask the same processes; what moves between two questions is no difference. */
const moving = ['/pid', '/state', '/since', '/running', '/restarts', '/reason', '/last_exit'];

export const cameraControlOperations = operations<CameraControlPort>('camera-control', {
  start: {
    http: 'POST /cameras/{camera_id}/start',
    summary: 'Start the detection process',
    input: CameraKeyDto,
    output: StartedDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  stop: {
    http: 'POST /cameras/{camera_id}/stop',
    summary: 'Stop the detection process',
    input: CameraKeyDto,
    output: ProcessStatusDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  restart: {
    http: 'POST /cameras/{camera_id}/restart',
    summary: 'Stop it, then start it',
    input: CameraKeyDto,
    output: StartedDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  status: {
    http: 'GET /cameras/{camera_id}/status',
    summary: 'What is wanted of the process, and what is true',
    input: CameraKeyDto,
    output: ProcessStatusDto,
    group,
    stickyBy: 'camera_id',
    mayDiffer: moving,
  },
  batchStatus: {
    http: 'POST /cameras/batch-status',
    summary: 'The status of some cameras, or of all',
    input: BatchDto,
    output: BatchStatusDto,
    group,
    effect: 'read',
    mayDiffer: moving.map((pointer) => `/*${pointer}`),
  },
  activate: {
    http: 'POST /cameras/{camera_id}/activate',
    summary: 'Allow the camera to be started',
    input: CameraKeyDto,
    output: ActivatedDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
  deactivate: {
    http: 'POST /cameras/{camera_id}/deactivate',
    summary: 'Stop it and forbid starting it',
    input: CameraKeyDto,
    output: DeactivatedDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'none',
  },
  setAutoStart: {
    http: 'PUT /cameras/{camera_id}/auto-start',
    summary: 'Whether it starts with the service',
    input: AutoStartDto,
    output: AutoStartSetDto,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
  preview: {
    http: 'GET /cameras/{camera_id}/preview',
    summary: 'A JPEG of the present moment',
    input: CameraKeyDto,
    output: Media,
    produces: 'image/jpeg',
    group,
    // Not by camera: one that is slow to show itself would make the path look slow on which it stays.
    stickyBy: 'caller',
  },
  stats: {
    http: 'GET /cameras/{camera_id}/stats',
    summary: 'Counters of the worker',
    input: CameraKeyDto,
    output: StatsDto,
    group,
    stickyBy: 'camera_id',
    mayDiffer: ['/pid', '/running', '/stats/*'],
  },
  logs: {
    http: 'GET /cameras/{camera_id}/logs',
    summary: 'The last lines of the process log',
    input: LogPageDto,
    output: LogDto,
    group,
    stickyBy: 'camera_id',
    mayDiffer: ['/total_lines', '/lines'],
  },
  refresh: {
    http: 'POST /cameras/refresh',
    summary: 'Take in edits of the file now',
    input: NoInputDto,
    output: RefreshedDto,
    group,
    fallback: 'none',
  },
});
