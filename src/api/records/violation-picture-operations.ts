import type {
  PictureKey,
  Strip,
  StripFrame,
  ViolationPictureService,
} from '../../application/records/violation-pictures';
import { Media } from '../../application/shared/media';
import { type Examples, unknown } from '../http/example';
import { ListOf, MANY, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, named, text } from '../http/schemas';
import { ViolationKeyDto } from './records-operations';

class PictureKeyDto extends ViolationKeyDto implements PictureKey {
  @Whole({ min: 0, max: MANY, optional: true, about: 'a time of the strip; without it the picture of the moment' })
  at?: number;
}

const frame = () =>
  named(
    'StripFrame',
    all({
      at: { ...count, description: 'milliseconds since 1970' },
      offset_ms: { type: 'number', description: 'before (negative) or after the moment of the violation' },
      href: text,
    }),
  );

class StripDto implements Strip {
  @Whole({ min: 0, max: MANY }) violation_id: number;
  @ListOf(frame, { about: 'oldest first; empty where nothing was kept' }) frames: StripFrame[];
}

const examples = {
  picture: {
    input: { violation_id: 1 },
    answer: undefined,
    refused: unknown({ violation_id: 4040 }, 'violation.not_found', 'There is no violation 4040.'),
  },
  strip: {
    input: { violation_id: 1 },
    answer: {
      violation_id: 1,
      frames: [
        { at: 1_767_600_902_114, offset_ms: -100, href: '/api/v1/records/violations/1/picture?at=1767600902114' },
      ],
    },
    varies: ['/frames'],
  },
} satisfies Examples<Pick<ViolationPictureService, 'picture' | 'strip'>>;

/** What is kept of a violation in pictures: the same on both paths, so not switched. */
export const violationPictureOperations = operations<Pick<ViolationPictureService, 'picture' | 'strip'>>('records', {
  picture: {
    http: 'GET /records/violations/{violation_id}/picture',
    summary: 'The picture of the moment of a violation, or another one of its strip',
    call: (pictures, input) => pictures.picture(input),
    input: PictureKeyDto,
    output: Media,
    produces: 'image/jpeg',
    example: examples.picture,
  },
  strip: {
    http: 'GET /records/violations/{violation_id}/strip',
    summary: 'The pictures that are kept of the two seconds before and after a violation',
    call: (pictures, input) => pictures.strip(input),
    input: ViolationKeyDto,
    output: StripDto,
    example: examples.strip,
  },
});
