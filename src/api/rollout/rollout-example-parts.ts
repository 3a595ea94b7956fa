import type { JsonObject } from '../../domain/shared/json';
import { unknown } from '../http/example';

/** Shortened: each operation of the group has its figures. */
const EVIDENCE = {
  operations: [
    {
      operation: 'cameras.list',
      effect: 'read',
      domain: { n: 412, ok: 412, reject: 0, failure: 0, fallback: 0, timed: 400, slow20: 12, slow50: 3 },
      control: { n: 3702, ok: 3702, reject: 0, failure: 0, fallback: 0, timed: 3600, slow20: 180, slow50: 36 },
    },
  ],
  activeMs: 45,
  comparisons: 318,
  mismatches: 0,
  share: { domain: 412, drawn: 4114, expectedBps: 1000 },
  instances: { confirmed: 1, alive: 1 },
  noise: 0,
};
export const VERDICT = {
  action: 'hold',
  attention: false,
  findings: [],
  missing: [{ what: 'bake', have: 45, need: 1_800_000, etaMs: 1_799_955 }],
};
export const CAMERA_CONFIG = {
  group: 'camera-config',
  status: 'manual',
  stage: 0,
  stages: [
    { percent: 10, bake_ms: 1_800_000 },
    { percent: 50, bake_ms: 86_400_000 },
    { percent: 100, bake_ms: 86_400_000 },
  ],
  percent: 100,
  effective_percent: 100,
  effective_why: 'as asked',
  holdout_percent: 0,
  killed: false,
  killed_until: null,
  attention: null,
  trip_reason: null,
  approval: null,
  verified: null,
  entered_at: '2026-01-05T08:15:02.114Z',
  active_ms: 0,
  seed: 2_085_914_863,
  operations: ['cameras.list', 'cameras.get', 'cameras.create', 'cameras.update', 'cameras.remove'],
  evidence: EVIDENCE,
  verdict: null,
  revision: 1,
};
const GROUPS = [
  'alert-read',
  'alert-rules',
  'camera-config',
  'camera-control',
  'event-read',
  'event-write',
  'record-read',
  'statistics-read',
  'system-read',
  'violation-status',
];
export const noGroup = (input: JsonObject) =>
  unknown(input, 'rollout.group_not_found', `There is no group "none"; there are ${GROUPS.join(', ')}.`, {
    group: 'none',
    groups: GROUPS,
  });
export const FIGURES = ['/seed', '/active_ms', '/evidence', '/verdict', '/revision'];
export const CONFIRMED = { name: 'plant/48102', revision: 17, confirmed: true, ms: 6 };
export const VERIFICATION = {
  id: 'rollout-verify-91f3a0bc',
  group: 'event-write',
  event_camera_id: '~rollout-verify-91f3a0bc',
  violation_id: null,
  events: 0,
  expires_at: '2026-01-05T08:16:02.114Z',
};
export const noVerification = unknown(
  { verification_id: 'none' },
  'rollout.verification_not_found',
  'There is no verification "none" under way.',
);
