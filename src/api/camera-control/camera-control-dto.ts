import type { JsonObject } from '../../domain/shared/json';
import type { ProcessStatus } from '../../application/camera-control/camera-control-port';
import { Described, Flag, ListOf, ListOfText, MANY, OneOf, Part, schemaOf, Text, Time, Whole } from '../http/fields';
import { atLeast, mapOf, named, number } from '../http/schemas';

export class CameraKeyDto {
  @Text({ min: 1, max: 200 }) camera_id: string;
}

export class BatchDto {
  @ListOfText({ max: 200, most: 10_000, optional: true, about: 'absent, null or empty: all cameras' })
  camera_ids?: string[] | null;
}

export class AutoStartDto extends CameraKeyDto {
  @Flag({ default: false }) auto_start = false;
}

export class LogPageDto extends CameraKeyDto {
  @Whole({ min: 1, max: 10_000, default: 100 }) lines = 100;
}

export class ProcessStatusDto implements ProcessStatus {
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

export class StartedDto extends ProcessStatusDto {
  @ListOf(() => ({ type: 'string' }), { optional: true }) cmd?: string[];
}

@Described(() => ({ ...mapOf(schemaOf(ProcessStatusDto)), description: 'by the id of the camera' }))
export class BatchStatusDto {
  [camera_id: string]: ProcessStatus;
}

export class ActivatedDto {
  @Flag() ok: true;
  @Text() camera_id: string;
  @Flag() active: boolean;
}

export class DeactivatedDto extends ActivatedDto {
  @Flag({ about: 'whether a process was running' }) stopped: boolean;
}

export class AutoStartSetDto {
  @Flag() ok: true;
  @Text() camera_id: string;
  @Flag() auto_start: boolean;
}

/** Of the bundled worker; another one may count more. */
const workerStats = () =>
  named(
    'WorkerStats',
    atLeast({
      total_frames: number,
      processed_frames: number,
      detected_persons: number,
      detected_hairnets: number,
      detected_handwash: number,
      avg_fps: number,
      avg_detection_time: { ...number, description: 'seconds per frame' },
      last_detection_time: { description: 'null while nothing was detected' },
    }),
  );

export class StatsDto {
  @Text() camera_id: string;
  @Flag() running: boolean;
  @Whole({ min: 0, max: MANY }) pid: number;
  @Text() log_file: string;
  @Part(workerStats) stats: JsonObject;
}

export class LogDto {
  @Text() camera_id: string;
  @Text() log_file: string;
  @Whole({ min: 0, max: 10_000 }) total_lines: number;
  @ListOf(() => ({ type: 'string' }), { about: 'oldest first' }) lines: string[];
}

export class RefreshedDto {
  @OneOf(['success']) status: 'success';
  @Text() message: string;
  @Time() timestamp: string;
  @Whole({ min: 0, max: MANY }) revision: number;
}
