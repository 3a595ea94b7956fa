import type { RolloutPort } from '../../application/rollout/rollout-port';
import { CAMERA_CONFIG, CONFIRMED, FIGURES, noGroup, VERDICT } from './rollout-example-parts';
import type { Examples } from '../http/example';
import { conflict, invalid, unreadable } from '../http/refused-examples';

export const rolloutExamples: Examples<RolloutPort> = {
  overview: {
    input: {},
    answer: {
      revision: 8,
      killed: false,
      instances: [{ name: 'plant/48102', revision: 8, confirmed: true, ms: null }],
      groups: [CAMERA_CONFIG],
    },
    varies: ['/revision', '/instances/*/name', '/instances/*/revision', '/groups'],
  },
  report: {
    input: { lang: 'en', format: 'md' },
    answer: {
      report:
        '# Rollout report\n\nGenerated: 2026-01-05T08:15:02.114Z\n\nThe rollout is not complete.\nThe event chain is intact.\n',
    },
    varies: ['/report'],
    refused: unreadable({ lang: 'fr' }, 'lang', 'must be one of the following values: en, zh', 'enum'),
  },
  group: {
    input: { group: 'camera-config' },
    answer: CAMERA_CONFIG,
    varies: FIGURES,
    refused: noGroup({ group: 'none' }),
  },
  events: {
    input: { group: 'statistics-read', limit: 1 },
    answer: {
      events: [
        {
          seq: 5,
          group: 'statistics-read',
          at: '2026-01-05T08:15:02.114Z',
          actor: 'environment',
          request_id: null,
          event: {
            by: 'environment',
            kind: 'percent_set',
            cohort: { bps: 10_000, holdout: 0, effectiveBps: 10_000, effectiveWhy: 'as asked' },
          },
          evidence: { percent: 100, useDomain: true },
          prev_hash: '3c528ab99a705f06d767783fd11c14cdce38a01a852a4bbd3e30895648bb3968',
          hash: '8503e16edd4bf2761758586087525cba4bee2092fa67725a607927715bc922b6',
        },
      ],
      intact: true,
    },
    varies: ['/events/*/seq', '/events/*/hash', '/events/*/prev_hash'],
    refused: noGroup({ group: 'none' }),
  },
  mismatches: {
    input: { group: 'camera-config' },
    answer: {
      mismatches: [
        {
          group: 'camera-config',
          entry: 1,
          operation: 'cameras.get',
          at: '2026-01-05T08:15:02.114Z',
          requestId: 'c0ffee',
          served: 'domain',
          pointers: ['/fps'],
        },
      ],
    },
    refused: noGroup({ group: 'none' }),
  },
  start: {
    input: { group: 'alert-read' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'alert-read',
      status: 'running',
      stage: 1,
      percent: 10,
      effective_percent: 32.04,
      effective_why: 'raised from 10 % so that 1 of 5 keys are in',
      operations: ['alerts.list', 'alerts.get', 'alerts.history'],
      verdict: VERDICT,
    },
    varies: FIGURES,
    refused: noGroup({ group: 'none' }),
  },
  pause: {
    input: { group: 'event-read' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'event-read',
      status: 'paused',
      stage: 1,
      percent: 10,
      effective_percent: 10,
      operations: ['events.recent', 'events.exportCsv'],
    },
    varies: FIGURES,
    refused: conflict({ group: 'camera-config' }, 'rollout.not_running', 'camera-config is manual, not running.'),
  },
  resume: {
    input: { group: 'statistics-read' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'statistics-read',
      status: 'running',
      stage: 1,
      percent: 10,
      effective_percent: 10,
      operations: [
        'statistics.realtime',
        'statistics.summary',
        'statistics.daily',
        'statistics.events',
        'statistics.history',
      ],
      verdict: VERDICT,
    },
    varies: FIGURES,
    refused: conflict(
      { group: 'camera-config' },
      'rollout.not_paused',
      'camera-config is manual: there is nothing to resume.',
    ),
  },
  promote: {
    input: { group: 'record-read' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'record-read',
      status: 'running',
      stage: 2,
      stages: [
        { percent: 10, bake_ms: 1000 },
        { percent: 100, bake_ms: 86_400_000 },
      ],
      effective_why: 'all but a holdout of 5.51 % as control',
      holdout_percent: 5.51,
      operations: [
        'records.violations',
        'records.violation',
        'records.changes',
        'records.exportViolations',
        'records.summary',
        'records.cameraStatistics',
        'records.detectionRecords',
        'records.health',
      ],
      verdict: VERDICT,
    },
    varies: FIGURES,
    refused: conflict({ group: 'camera-config' }, 'rollout.not_running', 'camera-config is manual, not running.'),
  },
  rollback: {
    input: { group: 'system-read', reason: 'answers differ' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'system-read',
      status: 'rolled_back',
      stage: 1,
      percent: 0,
      effective_percent: 0,
      effective_why: 'rolled back',
      trip_reason: 'answers differ',
      operations: ['system.info', 'system.config', 'system.health'],
    },
    varies: FIGURES,
    refused: invalid({ group: 'system-read' }, 'reason', 'is required', 'missing'),
  },
  approve: {
    input: { group: 'alert-rules', reason: 'tried in the laboratory' },
    answer: {
      ...CAMERA_CONFIG,
      group: 'alert-rules',
      status: 'running',
      stage: 1,
      percent: 10,
      effective_percent: 25.31,
      effective_why: 'raised from 10 % so that 1 of 5 keys are in',
      approval: { by: 'operator', reason: 'tried in the laboratory' },
      operations: ['alerts.create', 'alerts.update', 'alerts.remove'],
      verdict: VERDICT,
    },
    varies: FIGURES,
    refused: conflict(
      { group: 'camera-config', reason: 'tried' },
      'rollout.not_running',
      'camera-config is in no stage that could be approved.',
    ),
  },
  setPercent: {
    input: { group: 'violation-status', percent: 25 },
    answer: {
      ...CAMERA_CONFIG,
      group: 'violation-status',
      percent: 25,
      effective_percent: 25,
      operations: ['records.setStatus', 'records.setStatuses'],
    },
    varies: FIGURES,
    refused: invalid(
      { group: 'violation-status', percent: 101 },
      'percent',
      'must not be greater than 100',
      'less_than_equal',
    ),
  },
  verified: {
    input: { group: 'event-write', passed: true, report: { calls: 118, leaks: 0 } },
    answer: { ...CAMERA_CONFIG, group: 'event-write', verified: true, operations: ['events.post'] },
    varies: FIGURES,
    refused: noGroup({ group: 'none', passed: true, report: {} }),
  },
  kill: {
    input: { reason: 'the new path is suspected' },
    answer: { killed: true, revision: 17, applied: 1, of: 1, slowest_ms: 6, instances: [CONFIRMED] },
    varies: ['/revision', '/slowest_ms', '/instances/*/name', '/instances/*/revision', '/instances/*/ms'],
    refused: noGroup({ reason: 'because', group: 'none' }),
  },
  unkill: {
    input: { reason: 'it was not the new path' },
    answer: { killed: false, revision: 17, applied: 1, of: 1, slowest_ms: 6, instances: [CONFIRMED] },
    varies: ['/revision', '/slowest_ms', '/instances/*/name', '/instances/*/revision', '/instances/*/ms'],
    refused: noGroup({ reason: 'because', group: 'none' }),
  },
};
