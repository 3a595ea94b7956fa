import type { DetectionService, DryRunInput } from '../../application/detection/detection-service';
import { Described, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, anyMembers, count, listOf, named, number, text, textOrNull, wholeOrNull } from '../http/schemas';

class CameraOfDetectionDto {
  @Text({ min: 1, max: 200 }) camera_id: string;
}

class FilmDryRunDto extends CameraOfDetectionDto implements DryRunInput {
  @Text({
    min: 1,
    max: 200,
    optional: true,
    about: 'name of a file in the folder films of DATA_DIR; without it the source of the camera, where that is a file',
  })
  film?: string;
  @Whole({ min: 1, max: 600, default: 60, about: 'seconds of the film that are looked at' }) seconds = 60;
}

const looks = () =>
  all({
    wanted: { ...count, description: 'pictures that deserved a look' },
    served: { ...count, description: 'those that got one' },
  });
const notEvaluated = { ...listOf(text), description: 'rules and regions of which nothing is known, a sentence each' };
const zone = () =>
  named(
    'DetectionZone',
    all({
      region_id: text,
      role: text,
      outline: {
        ...listOf({ type: 'array', items: number, minItems: 2, maxItems: 2 }),
        description: 'corners in shares of the picture',
      },
    }),
  );

@Described(() =>
  all({
    camera_id: text,
    detector: all({
      state: { ...text, description: 'off, absent, elsewhere, or the state of the process that looks' },
      note: { ...textOrNull, description: 'why nobody looks, and what to do' },
      model: textOrNull,
    }),
    persons: { ...wholeOrNull, description: 'in the newest picture that was looked at; null: not known' },
    hairnets: { ...wholeOrNull, description: 'persons found without one; null: no model here knows hairnets' },
    looks: looks(),
    boxes: {
      ...listOf(anyMembers('`track`, `box` [x1, y1, x2, y2] in shares of the picture, `score`')),
      description: 'of the persons that are followed',
    },
    zones: listOf(zone()),
    not_evaluated: notEvaluated,
  }),
)
class CameraDetectionDto {
  camera_id: string;
}

const finding = () =>
  named(
    'DetectionFinding',
    all({
      second: { ...number, description: 'of the film' },
      event_type: { ...textOrNull, description: 'of the event that the camera would give; null: none' },
      rule: text,
      outcome: { type: 'string', enum: ['broken', 'held', 'unknown'] },
      region_id: text,
      track_id: { ...count, description: 'the person, 0: no single one' },
      evidence: anyMembers('as in the event'),
      picture: { ...textOrNull, description: 'JPEG in base64, of the first twelve' },
    }),
  );

@Described(() =>
  all({
    seconds: number,
    looks: looks(),
    persons: { ...count, description: 'different ones, as far as they could be followed' },
    model: text,
    findings: listOf(finding()),
    not_evaluated: notEvaluated,
  }),
)
class FilmDryRunReportDto {
  seconds: number;
}

type Port = Pick<DetectionService, 'detection' | 'dryRun'>;
type Answers = { readonly [K in keyof Port]: Awaited<ReturnType<Port[K]>> };

const OUTPUTS = { detection: CameraDetectionDto, dryRun: FilmDryRunReportDto } as unknown as {
  readonly [K in keyof Answers]: new () => Answers[K];
};

const UNMEASURED = (id: string) =>
  `The region "${id}" is not watched: nothing says how large the picture was on which it was drawn. Draw it on the dashboard, or set canvas_size.`;

export const detectionOperations = operations<Port>('camera-control', {
  detection: {
    http: 'GET /cameras/{camera_id}/detection',
    summary: 'What is seen of persons at a camera, its zones, and which rules are not evaluated',
    call: (detection, input) => detection.detection(input),
    input: CameraOfDetectionDto,
    output: OUTPUTS.detection,
    example: {
      input: { camera_id: 'dock' },
      answer: {
        camera_id: 'dock',
        detector: { state: 'running', note: null, model: null },
        persons: null,
        hairnets: null,
        looks: { wanted: 0, served: 0 },
        boxes: [],
        zones: [],
        not_evaluated: [UNMEASURED('corner')],
      },
      varies: ['/detector'],
      refused: {
        input: { camera_id: 'none' },
        status: 404,
        code: 'camera.not_found',
        detail: 'There is no camera "none".',
        more: { params: { id: 'none' } },
      },
    },
  },
  dryRun: {
    http: 'POST /cameras/{camera_id}/detection/dry-run',
    summary:
      'What the rules of the regions of a camera find in a film, without any effect: the camera itself gives the same when it sees the same',
    call: (detection, input) => detection.dryRun(input),
    input: FilmDryRunDto,
    output: OUTPUTS.dryRun,
    effect: 'read',
    role: 'operator',
    example: {
      input: { camera_id: 'dock', film: 'calm.avi', seconds: 60 },
      answer: {
        seconds: 3.67,
        looks: { wanted: 1, served: 1 },
        persons: 0,
        model: 'blob.onnx',
        findings: [],
        not_evaluated: [],
      },
      varies: ['/seconds', '/looks', '/not_evaluated'],
      refused: {
        input: { camera_id: 'dock', film: 'none.avi' },
        status: 404,
        code: 'detection.film_not_found',
        detail: 'There is no film "none.avi" in the folder of films.',
        more: { params: { film: 'none.avi' } },
      },
    },
  },
});
