import type { CameraControlPort, LogQuery, ProcessStatus } from '../../application/camera-control/camera-control-port';
import { Media } from '../../application/shared/media';
import type { JsonObject } from '../../domain/shared/json';
import {
  Described,
  Flag,
  ListOf,
  ListOfText,
  MANY,
  NoInputDto,
  OneOf,
  Part,
  Text,
  Time,
  Whole,
  schemaOf,
} from '../http/fields';
import { operations } from '../http/operation';
import { atLeast, mapOf, named, number, numberOrNull } from '../http/schemas';
import { cameraControlExamples as examples } from './camera-control-examples';

class CameraKeyDto {
  @Text({ min: 1, max: 200 }) camera_id: string;
}

class BatchDto {
  @ListOfText({ max: 200, most: 10_000, optional: true, about: 'absent, null or empty: all cameras' })
  camera_ids?: string[] | null;
}

class AutoStartDto extends CameraKeyDto {
  @Flag({ default: false }) auto_start = false;
}

class LogPageDto extends CameraKeyDto implements LogQuery {
  @Whole({ min: 1, max: 10_000, default: 100 }) lines = 100;
  @Text({ min: 1, max: 100, optional: true, about: 'before of a page: the lines before that page' }) before?: string;
  @Text({ min: 1, max: 100, optional: true, about: 'after of a page: the first lines that came since' }) after?: string;
  @Text({ max: 200, optional: true, about: 'only lines with this text, in any case' }) contains?: string;
}

class ProcessStatusDto implements ProcessStatus {
  @Flag() ok: true;
  @Flag() running: boolean;
  @Whole({ min: 0, max: MANY, about: '0 while nothing runs' }) pid: number;
  @Text() log: string;
  @OneOf(['running', 'stopped']) desired_state: 'running' | 'stopped';
  @OneOf(['stopped', 'starting', 'running', 'degraded', 'stalled', 'backoff', 'failed', 'stopping']) state: string;
  @Time() since: string;
  @Whole({ min: 0, max: MANY }) restarts: number;
  @Text({ nullable: true }) last_exit: string | null;
  @Text({ nullable: true }) reason: string | null;
}

class StartedDto extends ProcessStatusDto {
  @ListOf(() => ({ type: 'string' }), { optional: true }) cmd?: string[];
}

@Described(() => ({ ...mapOf(schemaOf(ProcessStatusDto)), description: 'by the id of the camera' }))
class BatchStatusDto {
  [camera_id: string]: ProcessStatus;
}

class ActivatedDto {
  @Flag() ok: true;
  @Text() camera_id: string;
  @Flag() active: boolean;
}

class DeactivatedDto extends ActivatedDto {
  @Flag({ about: 'whether a process was running' }) stopped: boolean;
}

class AutoStartSetDto {
  @Flag() ok: true;
  @Text() camera_id: string;
  @Flag() auto_start: boolean;
}

/** Counters of the bundled worker; another one may count more. */
const workerStats = () =>
  named(
    'WorkerStats',
    atLeast({
      total_frames: number,
      processed_frames: number,
      detected_persons: { ...numberOrNull, description: 'null: nobody looks now' },
      detected_hairnets: { ...numberOrNull, description: 'null: no model here knows hairnets' },
      detected_handwash: number,
      avg_fps: number,
      avg_detection_time: { ...number, description: 'seconds per frame' },
      last_detection_time: { description: 'null while nothing was detected' },
    }),
  );

class StatsDto {
  @Text() camera_id: string;
  @Flag() running: boolean;
  @Whole({ min: 0, max: MANY }) pid: number;
  @Text() log_file: string;
  @Part(workerStats) stats: JsonObject;
}

class LogDto {
  @Text() camera_id: string;
  @Text() log_file: string;
  @Whole({ min: 0, max: 10_000 }) total_lines: number;
  @ListOf(() => ({ type: 'string' }), { about: 'oldest first' }) lines: readonly string[];
  @Text({ nullable: true, about: 'leads to earlier lines; null where none were found' }) before: string | null;
  @Text({ nullable: true, about: 'leads to what comes from now on; null where none were found' }) after: string | null;
}

class RefreshedDto {
  @OneOf(['success']) status: 'success';
  @Text() message: string;
  @Time() timestamp: string;
  @Whole({ min: 0, max: MANY }) revision: number;
}

const group = 'camera-control';
/** Both paths read the same processes; what changes between two reads is no difference. */
const moving = ['/pid', '/state', '/since', '/running', '/restarts', '/reason', '/last_exit'];

export const cameraControlOperations = operations<CameraControlPort>('camera-control', {
  start: {
    http: 'POST /cameras/{camera_id}/start',
    summary: 'Start the detection process',
    call: (control, input) => control.start(input),
    input: CameraKeyDto,
    output: StartedDto,
    example: examples.start,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  stop: {
    http: 'POST /cameras/{camera_id}/stop',
    summary: 'Stop the detection process',
    call: (control, input) => control.stop(input),
    input: CameraKeyDto,
    output: ProcessStatusDto,
    example: examples.stop,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  restart: {
    http: 'POST /cameras/{camera_id}/restart',
    summary: 'Stop it, then start it',
    call: (control, input) => control.restart(input),
    input: CameraKeyDto,
    output: StartedDto,
    example: examples.restart,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifNotStarted',
  },
  status: {
    http: 'GET /cameras/{camera_id}/status',
    summary: 'What is wanted of the process, and what is true',
    call: (control, input) => control.status(input),
    input: CameraKeyDto,
    output: ProcessStatusDto,
    example: examples.status,
    group,
    stickyBy: 'camera_id',
    mayDiffer: moving,
  },
  batchStatus: {
    http: 'POST /cameras/batch-status',
    summary: 'The status of some cameras, or of all',
    call: (control, input) => control.batchStatus(input),
    input: BatchDto,
    output: BatchStatusDto,
    example: examples.batchStatus,
    group,
    effect: 'read',
    mayDiffer: moving.map((pointer) => `/*${pointer}`),
  },
  activate: {
    http: 'POST /cameras/{camera_id}/activate',
    summary: 'Allow the camera to be started',
    call: (control, input) => control.activate(input),
    input: CameraKeyDto,
    output: ActivatedDto,
    example: examples.activate,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
  deactivate: {
    http: 'POST /cameras/{camera_id}/deactivate',
    summary: 'Stop it and forbid starting it',
    call: (control, input) => control.deactivate(input),
    input: CameraKeyDto,
    output: DeactivatedDto,
    example: examples.deactivate,
    group,
    stickyBy: 'camera_id',
    fallback: 'none',
  },
  setAutoStart: {
    http: 'PUT /cameras/{camera_id}/auto-start',
    summary: 'Whether it starts with the service',
    call: (control, input) => control.setAutoStart(input),
    input: AutoStartDto,
    output: AutoStartSetDto,
    example: examples.setAutoStart,
    parametersIn: 'query',
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
  preview: {
    http: 'GET /cameras/{camera_id}/preview',
    summary: 'A JPEG of the present moment',
    call: (control, input) => control.preview(input),
    input: CameraKeyDto,
    output: Media,
    example: examples.preview,
    produces: 'image/jpeg',
    group,
    // Not by camera: a camera that is slow to give a picture would make the path it stays on look slow.
    stickyBy: 'caller',
  },
  stats: {
    http: 'GET /cameras/{camera_id}/stats',
    summary: 'Counters of the worker',
    call: (control, input) => control.stats(input),
    input: CameraKeyDto,
    output: StatsDto,
    example: examples.stats,
    group,
    stickyBy: 'camera_id',
    mayDiffer: ['/pid', '/running', '/stats/*'],
  },
  logs: {
    http: 'GET /cameras/{camera_id}/logs',
    summary: 'Lines of the process log: the last ones, or those before or after a page, of the last 16 MB',
    call: (control, input) => control.logs(input),
    input: LogPageDto,
    output: LogDto,
    example: examples.logs,
    group,
    stickyBy: 'camera_id',
    mayDiffer: ['/total_lines', '/lines', '/before', '/after'],
  },
  refresh: {
    http: 'POST /cameras/refresh',
    summary: 'Take in edits of the file now',
    call: (control, input) => control.refresh(input),
    input: NoInputDto,
    output: RefreshedDto,
    example: examples.refresh,
    group,
    fallback: 'none',
  },
});
