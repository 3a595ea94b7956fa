import type { RolloutPort } from '../../application/rollout/rollout-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  AcknowledgedDto,
  EventListDto,
  EventPageDto,
  GroupDto,
  GroupKeyDto,
  MismatchListDto,
  MismatchPageDto,
  OverviewDto,
  ReasonedDto,
  ReportAsDto,
  ReportDto,
  SetPercentDto,
  SwitchDto,
  VerifiedDto,
} from './rollout-dto';
import { rolloutExamples as examples } from './rollout-examples';

/** Steering the rollout is not itself switched. */
export const rolloutOperations = operations<RolloutPort>('rollout', {
  overview: {
    http: 'GET /rollout',
    summary: 'All groups: stage, share, evidence so far, what is missing',
    input: NoInputDto,
    output: OverviewDto,
    example: examples.overview,
  },
  report: {
    http: 'GET /rollout/report',
    summary: 'The rollout so far, as a report',
    input: ReportAsDto,
    output: ReportDto,
    example: examples.report,
  },
  group: {
    http: 'GET /rollout/{group}',
    summary: 'One group',
    input: GroupKeyDto,
    output: GroupDto,
    example: examples.group,
  },
  events: {
    http: 'GET /rollout/{group}/events',
    summary: 'What happened to a group, hash-chained',
    input: EventPageDto,
    output: EventListDto,
    example: examples.events,
  },
  mismatches: {
    http: 'GET /rollout/{group}/mismatches',
    summary: 'Confirmed differences of the two paths',
    input: MismatchPageDto,
    output: MismatchListDto,
    example: examples.mismatches,
  },
  start: {
    http: 'POST /rollout/{group}/start',
    summary: 'Begin the plan at its first stage',
    input: GroupKeyDto,
    output: GroupDto,
    example: examples.start,
  },
  pause: {
    http: 'POST /rollout/{group}/pause',
    summary: 'Keep the share, stop the clock',
    input: GroupKeyDto,
    output: GroupDto,
    example: examples.pause,
  },
  resume: {
    http: 'POST /rollout/{group}/resume',
    summary: 'Go on after a pause, a freeze or a rollback',
    input: GroupKeyDto,
    output: GroupDto,
    example: examples.resume,
  },
  promote: {
    http: 'POST /rollout/{group}/promote',
    summary: 'Enter the next stage, if the evidence is complete',
    input: GroupKeyDto,
    output: GroupDto,
    example: examples.promote,
  },
  rollback: {
    http: 'POST /rollout/{group}/rollback',
    summary: 'Back to legacy, until somebody resumes',
    input: ReasonedDto,
    output: GroupDto,
    example: examples.rollback,
  },
  approve: {
    http: 'POST /rollout/{group}/approve',
    summary: 'Go on although statistics are missing',
    input: ReasonedDto,
    output: GroupDto,
    example: examples.approve,
  },
  setPercent: {
    http: 'POST /rollout/{group}/set-percent',
    summary: 'Set a share by hand, outside the plan',
    input: SetPercentDto,
    output: GroupDto,
    example: examples.setPercent,
  },
  verified: {
    http: 'POST /rollout/{group}/verified',
    summary: 'Store the result of a verification as evidence',
    input: VerifiedDto,
    output: GroupDto,
    example: examples.verified,
  },
  kill: {
    http: 'POST /rollout/kill',
    summary: 'Everything to legacy, at once, on every instance',
    input: SwitchDto,
    output: AcknowledgedDto,
    example: examples.kill,
  },
  unkill: {
    http: 'POST /rollout/unkill',
    summary: 'Take the kill back',
    input: SwitchDto,
    output: AcknowledgedDto,
    example: examples.unkill,
  },
});
