import type { VideoStream } from '../../application/camera-control/video-stream';
import { Described, Flag, MANY, NoInputDto, Part, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { count, mapOf } from '../http/schemas';

class VideoKeyDto {
  @Text({ min: 1, max: 200 }) camera_id: string;
}

class VideoStatsDto {
  @Whole({ min: 0, max: MANY, about: 'viewers now' }) total_connections: number;
  @Whole({ min: 0, max: MANY, about: 'cameras that are watched now' }) active_cameras: number;
  @Whole({ min: 0, max: MANY }) frames_sent: number;
  @Whole({ min: 0, max: MANY, about: 'replaced by newer ones before a slow viewer took them' }) frames_dropped: number;
  @Whole({ min: 0, max: MANY, about: 'sent here by detectors' }) frames_received: number;
  @Part(() => ({ ...mapOf(count), description: 'viewers by camera' })) active_cameras_detail: Record<string, number>;
}

@Described(() => ({
  type: 'object',
  properties: {
    camera_id: { type: 'string' },
    has_clients: { type: 'boolean' },
    client_count: { type: 'integer', minimum: 0 },
  },
  required: ['camera_id', 'has_clients', 'client_count'],
  additionalProperties: false,
}))
class VideoStatusDto extends VideoKeyDto {
  @Flag() has_clients: boolean;
  @Whole({ min: 0, max: MANY }) client_count: number;
}

/** The pictures themselves go over the socket `/api/v1/video-stream/ws/{camera_id}`. */
export const videoOperations = operations<Pick<VideoStream, 'stats' | 'status'>>('video', {
  stats: {
    http: 'GET /video-stream/stats',
    summary: 'Who watches, and what was sent',
    call: (video, input) => video.stats(input),
    input: NoInputDto,
    output: VideoStatsDto,
    example: {
      input: {},
      answer: {
        total_connections: 0,
        active_cameras: 0,
        frames_sent: 0,
        frames_dropped: 0,
        frames_received: 0,
        active_cameras_detail: {},
      },
    },
  },
  status: {
    http: 'GET /video-stream/status/{camera_id}',
    summary: 'How many watch a camera',
    call: (video, input) => video.status(input),
    input: VideoKeyDto,
    output: VideoStatusDto,
    example: {
      input: { camera_id: 'line-3' },
      answer: { camera_id: 'line-3', has_clients: false, client_count: 0 },
    },
  },
});
