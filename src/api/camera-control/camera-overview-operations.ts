import type { CameraProbes, ProbeInput } from '../../application/camera-control/camera-previews';
import type { LiveCameras, OverviewQuery, OverviewRow } from '../../application/camera-control/live-cameras';
import { sha256 } from '../../domain/shared/sha256';
import { Described, Flag, ListOf, MANY, OneOf, Part, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, mapOf, named, text } from '../http/schemas';

const STATES = ['stopped', 'starting', 'running', 'degraded', 'stalled', 'backoff', 'failed', 'stopping'];

class OverviewQueryDto implements OverviewQuery {
  @Text({ max: 200, optional: true, about: 'text in the id, the name or the location, in any case' }) q?: string;
  @OneOf(STATES, { optional: true }) state?: string;
  @Text({ max: 200, optional: true, about: 'next_cursor of the page before' }) cursor?: string;
  @Whole({ min: 1, max: 1_000, default: 200 }) limit = 200;
}

const row = () =>
  named(
    'CameraOverviewRow',
    all({ id: text, name: text, location: text, active: { type: 'boolean' }, state: { type: 'string', enum: STATES } }),
  );

class OverviewDto {
  @ListOf(row, { about: 'ordered by id, numbers in it by their value' }) cameras: OverviewRow[];
  @Part(() => mapOf(count), { about: 'of all that fit the text, by state, whatever state is asked for' })
  counts: Readonly<Record<string, number>>;
  @Whole({ min: 0, max: MANY, about: 'on all pages' }) total: number;
  @Text({ nullable: true, about: 'null on the last page' }) next_cursor: string | null;
}

/** A list for thousands of cameras: a row takes about 100 bytes. */
export const cameraOverviewOperations = operations<Pick<LiveCameras, 'overview'>>('camera-control', {
  overview: {
    http: 'GET /cameras/overview',
    summary: 'Many cameras with the state of their process, page by page',
    call: (live, input) => live.overview(input),
    input: OverviewQueryDto,
    output: OverviewDto,
    etag: (page) => sha256(JSON.stringify(page)),
    example: {
      input: { q: 'packing', limit: 1 },
      answer: {
        cameras: [{ id: 'line-3', name: 'Packing line 3', location: 'hall B', active: true, state: 'running' }],
        counts: { running: 4 },
        total: 4,
        next_cursor: 'line-3',
      },
      varies: ['/counts'],
    },
  },
});

class ProbeDto implements ProbeInput {
  @Text({ min: 1, max: 2_048, about: 'as the source of a camera' }) source: string;
  @Text({ min: 1, max: 200, optional: true, about: 'the camera whose stored secrets stand for masks in the source' })
  camera_id?: string;
}

const side = { type: ['integer', 'null'], minimum: 1 };

@Described(() =>
  all({
    ok: { type: 'boolean' },
    codec: { type: ['string', 'null'] },
    width: side,
    height: side,
    fps: { type: ['number', 'null'], description: 'as the stream says; null where it does not' },
    picture: {
      type: 'string',
      contentEncoding: 'base64',
      contentMediaType: 'image/jpeg',
      description: 'at most 640 wide',
    },
  }),
)
class ProbedDto {
  @Flag() ok: true;
  codec: string | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  picture: string;
}

export const cameraProbeOperations = operations<Pick<CameraProbes, 'probe'>>('camera-control', {
  probe: {
    http: 'POST /cameras/probe',
    summary:
      'Try a source before it becomes a camera: its stream and a picture within 10 s, else 502 with the reason that a worker would give, or 504',
    call: (probes, input) => probes.probe(input),
    input: ProbeDto,
    output: ProbedDto,
    example: {
      input: { source: 'testsrc:size=320x180,rate=5' },
      answer: {
        ok: true,
        codec: 'wrapped_avframe',
        width: 320,
        height: 180,
        fps: 5,
        picture: '/9j/4AAQSkZJRgABAgAAAQABAAD/',
      },
      varies: ['/codec', '/picture'],
      refused: {
        input: { source: 'concat:a' },
        status: 400,
        code: 'camera.invalid',
        detail: 'source: must be a device number, a path, or an rtsp/rtsps/rtmp/http/https/testsrc address',
        more: {
          errors: [
            {
              loc: ['body', 'source'],
              msg: 'must be a device number, a path, or an rtsp/rtsps/rtmp/http/https/testsrc address',
              type: 'pattern',
            },
          ],
        },
      },
    },
  },
});
