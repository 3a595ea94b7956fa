import type { InstanceView, Language } from '../../application/rollout/group-overview';
import type { Json, JsonObject } from '../../domain/shared/json';
import { Decimal, Described, Flag, ListOf, MANY, OneOf, Part, Text, Time, Whole } from '../http/fields';
import {
  all,
  anyMembers,
  atLeast,
  count,
  listOf,
  mapOf,
  named,
  number,
  numberOrNull,
  orNull,
  text,
  textOrNull,
} from '../http/schemas';

const calls = () =>
  named(
    'RolloutCalls',
    all({
      n: count,
      ok: count,
      reject: count,
      failure: count,
      fallback: count,
      timed: count,
      slow20: count,
      slow50: count,
    }),
  );

/** The evidence of a verdict on a stage. */
const stageEvidence = () =>
  named(
    'RolloutEvidence',
    atLeast(
      {
        operations: listOf(
          named(
            'RolloutOperationEvidence',
            atLeast(
              {
                operation: text,
                effect: { type: 'string', enum: ['read', 'write'] },
                domain: calls(),
                control: calls(),
                limits: atLeast({ ms20: number, ms50: number, n: count }),
              },
              'limits',
            ),
          ),
        ),
        activeMs: { ...number, description: 'milliseconds that this stage has been active' },
        comparisons: count,
        mismatches: count,
        share: atLeast({ domain: count, drawn: count, expectedBps: count }),
        instances: atLeast({ confirmed: count, alive: count }),
        approval: text,
        noise: count,
      },
      'approval',
    ),
  );

/** Lists of metric names, levels and missing evidence may grow. */
const verdict = () =>
  named(
    'RolloutVerdict',
    atLeast({
      action: { type: 'string', enum: ['rollback', 'hold', 'promote'] },
      attention: { type: 'boolean', description: 'whether somebody should look, whatever the action' },
      findings: listOf(
        named(
          'RolloutFinding',
          atLeast({
            metric: text,
            operation: { ...text, description: '*: the whole group' },
            value: number,
            limit: number,
            n: count,
            interval: { type: 'array', items: number, minItems: 2, maxItems: 2, description: '95 % interval' },
            level: { type: 'string', enum: ['rollback', 'attention', 'open', 'fine'] },
          }),
        ),
      ),
      missing: listOf(
        named(
          'RolloutMissing',
          atLeast(
            {
              what: text,
              operation: text,
              have: number,
              need: number,
              etaMs: { ...numberOrNull, description: 'milliseconds until it is there at the present pace' },
            },
            'operation',
          ),
        ),
      ),
    }),
  );

export class GroupKeyDto {
  @Text({ min: 1, max: 100 }) group: string;
}

export class RolloutExplainedDto extends GroupKeyDto {
  @Text({ min: 3, max: 1000, line: true, optional: true, about: 'why; it stays in the history' }) reason?: string;
}

export class RolloutReasonedDto extends GroupKeyDto {
  @Text({ min: 3, max: 1000, line: true, about: 'why; it stays in the history' }) reason: string;
}

export class RolloutSetPercentDto extends GroupKeyDto {
  @Decimal({ min: 0, max: 100, step: 0.01 }) percent: number;
}

export class RolloutVerifiedDto extends GroupKeyDto {
  @Flag() passed: boolean;
  @Part(() => anyMembers('what the verification found, as it says it')) report: JsonObject;
}

export class RolloutSwitchDto {
  @Text({ min: 3, max: 1000, line: true, about: 'why; it stays in the history' }) reason: string;
  @Text({ min: 1, max: 100, optional: true, about: 'one group only; absent: all of them' }) group?: string;
}

export class RolloutKillDto extends RolloutSwitchDto {
  @Whole({
    min: 1,
    max: 600,
    optional: true,
    about: 'takes itself back after this long, for a drill whose maker may not come back; needs a group',
  })
  for_seconds?: number;
}

export class VerificationOfDto extends GroupKeyDto {
  @Whole({ min: 1, max: 600, default: 120, about: 'after which all that it made is removed, if nobody ends it' })
  lease_seconds = 120;
}

export class VerificationKeyDto {
  @Text({ min: 1, max: 100 }) verification_id: string;
}

export class VerificationDto {
  @Text({ about: 'id of the camera, and created_by of the alert rules, that it may make' }) id: string;
  @Text() group: string;
  @Text({ about: 'camera of the events that it may send; they are counted and stored nowhere' })
  event_camera_id: string;
  @Whole({ min: 1, max: MANY, nullable: true, about: 'its own, which no list shows' }) violation_id: number | null;
  @Whole({ min: 0, max: MANY, about: 'of its own, ingested' }) events: number;
  @Time() expires_at: string;
}

export class RolloutEndedDto {
  @OneOf(['success']) status: 'success';
}

export class EventPageDto extends GroupKeyDto {
  @Whole({ min: 1, max: 1000, default: 100 }) limit = 100;
  @Whole({ min: 0, max: MANY, default: 0, about: 'only events after this number' }) after = 0;
}

export class MismatchPageDto extends GroupKeyDto {
  @Whole({ min: 1, max: 100, default: 20 }) limit = 20;
}

export class ReportAsDto {
  @OneOf(['en', 'zh'], { default: 'en' }) lang: Language = 'en';
  @OneOf(['md', 'json'], { default: 'md' }) format: 'md' | 'json' = 'md';
}

export class RolloutStageDto {
  @Decimal({ min: 0, max: 100 }) percent: number;
  @Whole({ min: 0, max: MANY }) bake_ms: number;
}

export class RolloutGroupDto {
  @Text() group: string;
  @OneOf(['manual', 'running', 'paused', 'frozen', 'rolled_back', 'complete']) status: string;
  @Whole({ min: 0, max: 100, about: '1-based; 0 outside a plan' }) stage: number;
  @ListOf(() => RolloutStageDto) stages: RolloutStageDto[];
  @Decimal({ min: 0, max: 100 }) percent: number;
  @Decimal({ min: 0, max: 100 }) effective_percent: number;
  @Text() effective_why: string;
  @Decimal({ min: 0, max: 100 }) holdout_percent: number;
  @Flag() killed: boolean;
  @Time({ nullable: true }) killed_until: string | null;
  @Text({ nullable: true }) attention: string | null;
  @Text({ nullable: true }) trip_reason: string | null;
  @Part(() => orNull(atLeast({ by: textOrNull, reason: text }))) approval: JsonObject | null;
  @Flag({ nullable: true }) verified: boolean | null;
  @Time({ nullable: true }) entered_at: string | null;
  @Whole({ min: 0, max: MANY }) active_ms: number;
  @Whole({ min: 0, max: MANY, about: 'murmur3 seed of the buckets' }) seed: number;
  @ListOf(() => ({ type: 'string' })) operations: string[];
  @Part(stageEvidence) evidence: Json;
  @Part(() => orNull(verdict())) verdict: Json;
  @Whole({ min: 0, max: MANY }) revision: number;
}

export class RolloutInstanceDto implements InstanceView {
  @Text() name: string;
  @Whole({ min: -1, max: MANY }) revision: number;
  @Flag() confirmed: boolean;
  @Decimal({ min: 0, max: MANY, nullable: true }) ms: number | null;
}

export class RolloutOverviewDto {
  @Whole({ min: 0, max: MANY }) revision: number;
  @Flag() killed: boolean;
  @ListOf(() => RolloutInstanceDto) instances: RolloutInstanceDto[];
  @ListOf(() => RolloutGroupDto) groups: RolloutGroupDto[];
}

export class RolloutAcknowledgedDto {
  @Flag() killed: boolean;
  @Whole({ min: 0, max: MANY }) revision: number;
  @Whole({ min: 0, max: MANY, about: 'instances that confirmed' }) applied: number;
  @Whole({ min: 0, max: MANY, about: 'instances alive' }) of: number;
  @Decimal({ min: 0, max: MANY, nullable: true }) slowest_ms: number | null;
  @ListOf(() => RolloutInstanceDto) instances: RolloutInstanceDto[];
}

export class RolloutEventDto {
  @Whole({ min: 1, max: MANY }) seq: number;
  @Text() group: string;
  @Time() at: string;
  @Text({ nullable: true }) actor: string | null;
  @Text({ nullable: true }) request_id: string | null;
  @Part(() => atLeast({ kind: text }), { about: 'what happened; its members depend on its kind' }) event: JsonObject;
  @Part(() => orNull(mapOf({})), { about: 'what it rested on' }) evidence: Json;
  @Text() prev_hash: string;
  @Text() hash: string;
}

export class RolloutEventListDto {
  @ListOf(() => RolloutEventDto) events: RolloutEventDto[];
  @Flag({ about: 'whether no event was changed or removed since it was written' }) intact: boolean;
}

const mismatch = () =>
  named(
    'RolloutMismatch',
    atLeast({
      group: text,
      entry: count,
      operation: text,
      at: { type: 'string', format: 'date-time' },
      requestId: text,
      served: { type: 'string', enum: ['domain', 'legacy'] },
      pointers: {
        ...listOf(all({ pointer: text, domain: {}, legacy: {} })),
        description: 'where the answers differed, as JSON pointers, with both values, secrets masked',
      },
      input: { description: 'what was asked, secrets masked; null where it is long' },
      answers: {
        ...all({ domain: {}, legacy: {} }),
        description: 'both answers, secrets masked; null where one is longer than 16 KB',
      },
    }),
  );

export class RolloutMismatchListDto {
  @ListOf(mismatch) mismatches: JsonObject[];
}

@Described(() => ({
  type: 'object',
  required: ['report'],
  properties: {
    report: {
      type: ['string', 'object'],
      additionalProperties: true,
      description: 'a text as Markdown, an object as JSON',
    },
  },
  additionalProperties: false,
}))
export class RolloutReportDto {
  report: Json;
}
