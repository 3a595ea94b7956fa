import {
  COUNTED_BY,
  type ClaimInput,
  type ClaimView,
  type CountQuery,
  type CountedBy,
  type GroupQuery,
  type GroupView,
  type HandledItem,
  type ItemOutcome,
  type ViolationQueueService,
} from '../../application/records/violation-queue-service';
import { violationStatuses } from '../../domain/records/violation';
import { type Examples, invalid, unknown } from '../http/example';
import { Flag, ListOf, ListOfWhole, MANY, OneOf, Part, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, listOf, mapOf, named, numberOrNull, orNull, text, textOrNull, wholeOrNull } from '../http/schemas';
import { violation } from './records-answers';
import { ViolationFilterDto, ViolationKeyDto } from './records-operations';
import type {
  PictureKey,
  Strip,
  StripFrame,
  ViolationPictureService,
} from '../../application/records/violation-pictures';
import { Media } from '../../application/shared/media';

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

const pictureExamples = {
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
    example: pictureExamples.picture,
  },
  strip: {
    http: 'GET /records/violations/{violation_id}/strip',
    summary: 'The pictures that are kept of the two seconds before and after a violation',
    call: (pictures, input) => pictures.strip(input),
    input: ViolationKeyDto,
    output: StripDto,
    example: pictureExamples.strip,
  },
});

const MOST_AT_ONCE = 200;
const ORDERS = ['oldest', 'newest'] as const;

class CountQueryDto extends ViolationFilterDto implements CountQuery {
  @OneOf(COUNTED_BY, { default: 'status' }) by: CountedBy = 'status';
}

class ViolationCountsDto {
  @OneOf(COUNTED_BY) by: CountedBy;
  @Part(() => mapOf(count), { about: 'only what there is; hours and days by the moment at which they begin' })
  counts: Readonly<Record<string, number>>;
  @Whole({ min: 0, max: MANY }) total: number;
}

class GroupQueryDto extends ViolationFilterDto implements GroupQuery {
  @OneOf(ORDERS, { default: 'oldest' }) order: 'oldest' | 'newest' = 'oldest';
  @Whole({ min: 1, max: 500, default: 100 }) limit = 100;
}

const group = () =>
  named(
    'ViolationGroup',
    all({
      camera_id: text,
      violation_type: text,
      track_id: { ...wholeOrNull, description: 'where all have one' },
      first_at: { type: 'string', format: 'date-time' },
      last_at: { type: 'string', format: 'date-time' },
      count: { ...count, description: 'of the violations that were put into groups: 2,000 at once' },
      confidence: { ...numberOrNull, description: 'the highest' },
      violation_ids: { ...listOf(count), description: 'oldest first, 500 at most' },
      claimed_by: { ...textOrNull, description: 'who looks at it right now' },
    }),
  );

class ViolationGroupsDto {
  @ListOf(group, { about: 'of one camera and type, with one track, or not more than 60 s apart' })
  groups: GroupView[];
  @Flag({ about: 'whether there are further groups' }) more: boolean;
}

class HandledItemDto implements HandledItem {
  @Whole({ min: 1, max: MANY }) id: number;
  @Whole({ min: 1, max: MANY, about: 'the version that was read' }) version: number;
  @OneOf(violationStatuses) status: string;
  @Text({ optional: true, about: 'left as they are when absent' }) notes?: string;
}

class HandledItemsDto {
  @ListOf(() => HandledItemDto, { most: MOST_AT_ONCE }) items: HandledItemDto[];
}

const outcome = () =>
  named(
    'ItemOutcome',
    all({
      id: count,
      ok: { type: 'boolean' },
      violation: { ...orNull(violation()), description: 'as it is stored now' },
      code: { ...textOrNull, description: 'why it was not changed' },
      detail: textOrNull,
    }),
  );

class ItemOutcomesDto {
  @Flag({ about: 'whether all were changed' }) ok: boolean;
  @ListOf(outcome, { about: 'in the order of the items' }) results: ItemOutcome[];
}

class ClaimDto implements ClaimInput {
  @ListOfWhole({ min: 1, max: MANY, most: 500 }) violation_ids: number[];
  @Flag({ default: false, about: 'gives them back' }) release = false;
}

const claim = () =>
  named(
    'ViolationClaim',
    all({ violation_id: count, claimed_by: text, expires_at: { type: 'string', format: 'date-time' } }),
  );

class ClaimedDto {
  @Flag() ok: true;
  @Text() claimed_by: string;
  @Part(() => ({ type: ['string', 'null'], format: 'date-time' })) expires_at: string | null;
  @ListOf(claim, { about: 'those of them that somebody else looks at' }) held: readonly ClaimView[];
}

type Queue = Pick<ViolationQueueService, 'counts' | 'groups' | 'setItems' | 'claim'>;

const examples = {
  counts: {
    input: { by: 'status' },
    answer: { by: 'status', counts: { confirmed: 1, pending: 1 }, total: 2 },
    varies: ['/counts', '/total'],
  },
  groups: {
    input: { camera_id: 'gate', limit: 1 },
    answer: {
      groups: [
        {
          camera_id: 'gate',
          violation_type: 'no_hairnet',
          track_id: 17,
          first_at: '2026-01-05T08:07:02.114Z',
          last_at: '2026-01-05T08:07:02.114Z',
          count: 1,
          confidence: 0.91,
          violation_ids: [1],
          claimed_by: null,
        },
      ],
      more: true,
    },
  },
  setItems: {
    input: { items: [{ id: 4040, version: 1, status: 'confirmed' }] },
    answer: {
      ok: false,
      results: [
        {
          id: 4040,
          ok: false,
          violation: null,
          code: 'violation.not_found',
          detail: 'There is no violation 4040.',
        },
      ],
    },
  },
  claim: {
    input: { violation_ids: [1], release: false },
    answer: { ok: true, claimed_by: 'anonymous', expires_at: '2026-01-05T08:15:32.114Z', held: [] },
    refused: invalid({ violation_ids: 'all' }, 'violation_ids', 'must be an array', 'isArray'),
  },
} satisfies Examples<Queue>;

/** The review of violations: there was none before, so there is one implementation. */
export const violationQueueOperations = operations<Queue>('records', {
  counts: {
    http: 'GET /records/violations/counts',
    summary: 'How many violations fit, by status, camera, type, hour or day',
    call: (queue, input) => queue.counts(input),
    input: CountQueryDto,
    output: ViolationCountsDto,
    example: examples.counts,
  },
  groups: {
    http: 'GET /records/violations/groups',
    summary: 'Violations that one look decides, together',
    call: (queue, input) => queue.groups(input),
    input: GroupQueryDto,
    output: ViolationGroupsDto,
    example: examples.groups,
  },
  setItems: {
    http: 'PUT /records/violations/items',
    summary: 'Decide many violations, each by itself: the answer says of each what became of it',
    call: (queue, input) => queue.setItems(input),
    input: HandledItemsDto,
    output: ItemOutcomesDto,
    example: examples.setItems,
  },
  claim: {
    http: 'POST /records/violations/claims',
    summary: 'Tell the others that these are being looked at, for 30 seconds',
    call: (queue, input) => queue.claim(input),
    input: ClaimDto,
    output: ClaimedDto,
    example: examples.claim,
  },
});
