import type { PlanView, SeriesMinute } from '../../application/rollout/group-overview';
import type { RolloutService } from '../../application/rollout/rollout-service';
import { ListOf, NoInputDto, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, anyMembers, count, listOf, named, number, orNull, text } from '../http/schemas';
import {
  EventPageDto,
  GroupKeyDto,
  MismatchPageDto,
  ReportAsDto,
  RolloutAcknowledgedDto,
  RolloutEndedDto,
  RolloutEventListDto,
  RolloutExplainedDto,
  RolloutGroupDto,
  RolloutKillDto,
  RolloutMismatchListDto,
  RolloutOverviewDto,
  RolloutReasonedDto,
  RolloutReportDto,
  RolloutSetPercentDto,
  RolloutSwitchDto,
  RolloutVerifiedDto,
  VerificationDto,
  VerificationKeyDto,
  VerificationOfDto,
} from './rollout-dto';
import { rolloutExamples as examples } from './rollout-examples';

class RolloutSeriesQueryDto extends GroupKeyDto {
  @Whole({ min: 1, max: 1_440, default: 60, about: 'how far back' }) minutes = 60;
}

const minute = () =>
  named(
    'RolloutMinute',
    all({
      at: { type: 'string', format: 'date-time' },
      arm: { type: 'string', enum: ['domain', 'control'] },
      calls: count,
      errors: count,
      fallbacks: { ...count, description: 'failed on the domain path, answered by the legacy path' },
      p50_ms: orNull({ type: 'number' }),
      p95_ms: orNull({ type: 'number' }),
      share: { type: 'number', description: 'of the calls of both arms in this minute, 0 to 1' },
    }),
  );

class RolloutSeriesDto {
  @Text() group: string;
  @Time() since: string;
  @ListOf(minute, { about: 'oldest first; a minute without calls is not among them' }) points: SeriesMinute[];
}

const plan = () =>
  named(
    'RolloutPlan',
    all({
      group: text,
      stages: listOf(all({ percent: number, bake_ms: count })),
      on_trip: { type: 'string', enum: ['rollback', 'freeze'] },
      auto_promote: { type: 'boolean' },
      holdout_percent: number,
      rules: anyMembers('the limits that evidence is held against (docs/rollout.md)'),
    }),
  );

class RolloutPlanListDto {
  @ListOf(plan) plans: readonly PlanView[];
}

/** The operations that steer the rollout are not switched themselves. */
export const rolloutOperations = operations<RolloutService>('rollout', {
  overview: {
    http: 'GET /rollout',
    summary: 'All groups: stage, share, evidence so far, what is missing',
    call: (rollout) => rollout.overview(),
    input: NoInputDto,
    output: RolloutOverviewDto,
    example: examples.overview,
  },
  report: {
    http: 'GET /rollout/report',
    summary: 'The rollout so far, as a report',
    call: (rollout, input) => rollout.report(input),
    input: ReportAsDto,
    output: RolloutReportDto,
    example: examples.report,
  },
  plans: {
    http: 'GET /rollout/plan',
    summary: 'The plan of every group: its stages, and the limits that evidence is held against',
    call: (rollout) => rollout.plans(),
    input: NoInputDto,
    output: RolloutPlanListDto,
    example: examples.plans,
  },
  group: {
    http: 'GET /rollout/{group}',
    summary: 'One group',
    call: (rollout, input) => rollout.group(input),
    input: GroupKeyDto,
    output: RolloutGroupDto,
    example: examples.group,
  },
  events: {
    http: 'GET /rollout/{group}/events',
    summary: 'What happened to a group, hash-chained',
    call: (rollout, input) => rollout.events(input),
    input: EventPageDto,
    output: RolloutEventListDto,
    example: examples.events,
  },
  mismatches: {
    http: 'GET /rollout/{group}/mismatches',
    summary: 'Confirmed differences of the two paths',
    call: (rollout, input) => rollout.mismatches(input),
    input: MismatchPageDto,
    output: RolloutMismatchListDto,
    example: examples.mismatches,
  },
  series: {
    http: 'GET /rollout/{group}/series',
    summary: 'How the calls went lately on both arms, minute by minute',
    call: (rollout, input) => rollout.series(input),
    input: RolloutSeriesQueryDto,
    output: RolloutSeriesDto,
    example: examples.series,
  },
  start: {
    http: 'POST /rollout/{group}/start',
    summary: 'Begin the plan at its first stage',
    call: (rollout, input) => rollout.start(input),
    input: RolloutExplainedDto,
    output: RolloutGroupDto,
    example: examples.start,
  },
  pause: {
    http: 'POST /rollout/{group}/pause',
    summary: 'Keep the share, stop the clock',
    call: (rollout, input) => rollout.pause(input),
    input: RolloutExplainedDto,
    output: RolloutGroupDto,
    example: examples.pause,
  },
  resume: {
    http: 'POST /rollout/{group}/resume',
    summary: 'Go on after a pause, a freeze or a rollback',
    call: (rollout, input) => rollout.resume(input),
    input: RolloutExplainedDto,
    output: RolloutGroupDto,
    example: examples.resume,
  },
  promote: {
    http: 'POST /rollout/{group}/promote',
    summary: 'Enter the next stage, if the evidence is complete',
    call: (rollout, input) => rollout.promote(input),
    input: RolloutExplainedDto,
    output: RolloutGroupDto,
    example: examples.promote,
  },
  rollback: {
    http: 'POST /rollout/{group}/rollback',
    summary: 'Back to legacy, until somebody resumes',
    call: (rollout, input) => rollout.rollback(input),
    input: RolloutReasonedDto,
    output: RolloutGroupDto,
    example: examples.rollback,
  },
  approve: {
    http: 'POST /rollout/{group}/approve',
    summary: 'Go on although statistics are missing',
    call: (rollout, input) => rollout.approve(input),
    input: RolloutReasonedDto,
    output: RolloutGroupDto,
    example: examples.approve,
  },
  setPercent: {
    http: 'POST /rollout/{group}/set-percent',
    summary: 'Set a share by hand, outside the plan',
    call: (rollout, input) => rollout.setPercent(input),
    input: RolloutSetPercentDto,
    output: RolloutGroupDto,
    example: examples.setPercent,
  },
  verified: {
    http: 'POST /rollout/{group}/verified',
    summary: 'Store the result of a verification as evidence',
    call: (rollout, input) => rollout.verified(input),
    input: RolloutVerifiedDto,
    output: RolloutGroupDto,
    example: examples.verified,
  },
  beginVerification: {
    http: 'POST /rollout/{group}/verifications',
    summary: 'Begin to prove a group from outside, on entities of its own',
    call: (rollout, input) => rollout.beginVerification(input),
    input: VerificationOfDto,
    output: VerificationDto,
    example: examples.beginVerification,
  },
  verification: {
    http: 'GET /rollout/verifications/{verification_id}',
    summary: 'A verification under way',
    call: (rollout, input) => rollout.verification(input),
    input: VerificationKeyDto,
    output: VerificationDto,
    example: examples.verification,
  },
  endVerification: {
    http: 'DELETE /rollout/verifications/{verification_id}',
    summary: 'Remove all that a verification made',
    call: (rollout, input) => rollout.endVerification(input),
    input: VerificationKeyDto,
    output: RolloutEndedDto,
    example: examples.endVerification,
  },
  kill: {
    http: 'POST /rollout/kill',
    summary: 'Everything to legacy, at once, on every instance',
    call: (rollout, input) => rollout.kill(input),
    input: RolloutKillDto,
    output: RolloutAcknowledgedDto,
    example: examples.kill,
  },
  unkill: {
    http: 'POST /rollout/unkill',
    summary: 'Take the kill back',
    call: (rollout, input) => rollout.unkill(input),
    input: RolloutSwitchDto,
    output: RolloutAcknowledgedDto,
    example: examples.unkill,
  },
});
