import type { InstanceView, Language } from '../../application/rollout/rollout-port';
import type { Json, JsonObject } from '../../domain/shared/json';
import { Described, Flag, ListOf, Decimal, OneOf, Part, Text, Time, Whole } from '../http/fields';

const MANY = Number.MAX_SAFE_INTEGER;
const anything = () => ({});
const object = () => ({ type: 'object' });

export class GroupKeyDto {
  @Text({ min: 1, max: 100 }) group: string;
}

export class ReasonedDto extends GroupKeyDto {
  @Text({ min: 3, max: 1000, line: true, about: 'why; it stays in the history' }) reason: string;
}

export class SetPercentDto extends GroupKeyDto {
  @Decimal({ min: 0, max: 100, step: 0.01 }) percent: number;
}

export class VerifiedDto extends GroupKeyDto {
  @Flag() passed: boolean;
  @Part(object) report: JsonObject;
}

export class SwitchDto {
  @Text({ min: 3, max: 1000, line: true, about: 'why; it stays in the history' }) reason: string;
  @Text({ min: 1, max: 100, optional: true, about: 'one group only; absent: all of them' }) group?: string;
}

export class KillDto extends SwitchDto {
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

export class EndedDto {
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

export class StageDto {
  @Decimal({ min: 0, max: 100 }) percent: number;
  @Whole({ min: 0, max: MANY }) bake_ms: number;
}

export class GroupDto {
  @Text() group: string;
  @OneOf(['manual', 'running', 'paused', 'frozen', 'rolled_back', 'complete']) status: string;
  @Whole({ min: 0, max: 100, about: '1-based; 0 outside a plan' }) stage: number;
  @ListOf(() => StageDto) stages: StageDto[];
  @Decimal({ min: 0, max: 100 }) percent: number;
  @Decimal({ min: 0, max: 100 }) effective_percent: number;
  @Text() effective_why: string;
  @Decimal({ min: 0, max: 100 }) holdout_percent: number;
  @Flag() killed: boolean;
  @Time({ nullable: true }) killed_until: string | null;
  @Text({ nullable: true }) attention: string | null;
  @Text({ nullable: true }) trip_reason: string | null;
  @Part(anything) approval: JsonObject | null;
  @Flag({ nullable: true }) verified: boolean | null;
  @Time({ nullable: true }) entered_at: string | null;
  @Whole({ min: 0, max: MANY }) active_ms: number;
  @Whole({ min: 0, max: MANY, about: 'murmur3 seed of the buckets' }) seed: number;
  @ListOf(() => ({ type: 'string' })) operations: string[];
  @Part(anything) evidence: Json;
  @Part(anything) verdict: Json;
  @Whole({ min: 0, max: MANY }) revision: number;
}

export class InstanceDto implements InstanceView {
  @Text() name: string;
  @Whole({ min: -1, max: MANY }) revision: number;
  @Flag() confirmed: boolean;
  @Decimal({ min: 0, max: MANY, nullable: true }) ms: number | null;
}

export class OverviewDto {
  @Whole({ min: 0, max: MANY }) revision: number;
  @Flag() killed: boolean;
  @ListOf(() => InstanceDto) instances: InstanceDto[];
  @ListOf(() => GroupDto) groups: GroupDto[];
}

export class AcknowledgedDto {
  @Flag() killed: boolean;
  @Whole({ min: 0, max: MANY }) revision: number;
  @Whole({ min: 0, max: MANY, about: 'instances that confirmed' }) applied: number;
  @Whole({ min: 0, max: MANY, about: 'instances alive' }) of: number;
  @Decimal({ min: 0, max: MANY, nullable: true }) slowest_ms: number | null;
  @ListOf(() => InstanceDto) instances: InstanceDto[];
}

export class EventDto {
  @Whole({ min: 1, max: MANY }) seq: number;
  @Text() group: string;
  @Time() at: string;
  @Text({ nullable: true }) actor: string | null;
  @Text({ nullable: true }) request_id: string | null;
  @Part(object) event: JsonObject;
  @Part(anything) evidence: Json;
  @Text() prev_hash: string;
  @Text() hash: string;
}

export class EventListDto {
  @ListOf(() => EventDto) events: EventDto[];
  @Flag({ about: 'whether no event was changed or removed since it was written' }) intact: boolean;
}

export class MismatchListDto {
  @ListOf(object) mismatches: JsonObject[];
}

@Described(() => ({ type: 'object', required: ['report'], properties: { report: {} }, additionalProperties: false }))
export class ReportDto {
  report: Json;
}
