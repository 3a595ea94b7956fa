import { EvidenceRecorder } from '../../../src/application/rollout/evidence-recorder';
import type { Outcome, RoutedOperation } from '../../../src/application/rollout/operation-router';
import { runInCall } from '../../../src/application/shared/call-context';
import { type Path, type Reason, compileGroup } from '../../../src/domain/rollout/decision';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';
import { callsOf } from '../../../src/domain/shared/latency-histogram';

const READ: RoutedOperation = {
  id: 'things.read',
  group: 'g',
  effect: 'read',
  fallback: 'none',
  stickyBy: 'caller',
  mayDiffer: [],
};

const decision = (path: Path, reason: Reason, entry = 1) =>
  compileGroup({ group: 'g', seed: 1, bps: 5000, entry }, 1).outcomes[path][reason];

function recorder(warmUpCalls = 0) {
  const alarms: string[] = [];
  const told = (kind: string) => (group: string, entry: number, operation: string) =>
    void alarms.push(`${kind}: ${group} ${entry} ${operation}`);
  const rules = () => DEFAULT_PLAN.rules;
  const made = new EvidenceRecorder({ onTrip: told('trip'), onAttention: told('attention'), rules }, warmUpCalls);
  const record = (path: Path, reason: Reason, outcome: Outcome = 'ok', ms = 10, entry = 1, operation = READ) =>
    made.record(operation, decision(path, reason, entry), outcome, ms);
  return { made, record, alarms };
}

describe('recording', () => {
  it.each<[Path, Reason, string[]]>([
    ['domain', 'split', ['domain 1']],
    ['domain', 'static', ['domain 1']],
    ['legacy', 'control', ['control 1']],
    ['legacy', 'holdout', ['control 1']],
    ['legacy', 'split', []],
    ['legacy', 'static', []],
    ['domain', 'forced', []],
    ['legacy', 'forced', []],
    ['legacy', 'rolled_back', []],
    ['legacy', 'killed', []],
    ['legacy', 'tripped', []],
    ['legacy', 'stale', []],
    ['legacy', 'fallback', ['domain 0']],
  ])('a call on %s because of %s judges %j, and is in the totals', (path, reason, judged) => {
    const { made, record } = recorder();
    record(path, reason);
    expect(made.drain().map(({ arm, n }) => `${arm} ${n}`)).toEqual(judged);
    const totals = Object.fromEntries(made.totals().map((total) => [total.path, total.ok]));
    expect(totals).toEqual({ domain: 0, legacy: 0, [path]: 1 });
  });

  it('counts outcomes, and times what did not fail', () => {
    const { made, record } = recorder();
    record('domain', 'split', 'ok', 10);
    record('domain', 'split', 'reject', 13);
    record('domain', 'split', 'ok', 16);
    record('domain', 'split', 'failure', 100);
    record('legacy', 'fallback');
    const [row] = made.drain();
    const counts = { n: 4, ok: 2, reject: 1, failure: 1, fallback: 1 };
    expect(row).toMatchObject({ group: 'g', entry: 1, operation: READ.id, arm: 'domain', ...counts });
    expect(Object.values(row!.histogram).reduce((a, b) => a + b, 0)).toBe(3);
    expect(made.drain()).toEqual([]);
  });

  it('adds up: the deltas of many drains are what one drain would have given', () => {
    const [often, once] = [recorder(), recorder()];
    let n = 0;
    for (let i = 0; i < 100; i++) {
      for (const { record } of [often, once]) record('domain', 'split', 'ok', i);
      if (i % 7 === 0) n += often.made.drain().reduce((sum, row) => sum + row.n, 0);
    }
    n += often.made.drain().reduce((sum, row) => sum + row.n, 0);
    expect([n, once.made.drain()[0]?.n]).toEqual([100, 100]);
  });

  it('keeps entries apart, and leaves a call out that ends after its entry', () => {
    const { made, record } = recorder();
    record('domain', 'split', 'ok', 10, 1);
    record('domain', 'split', 'ok', 10, 2);
    record('domain', 'split', 'ok', 10, 1);
    record('domain', 'split', 'ok', 10, 2);
    expect(made.drain().map(({ entry, n }) => [entry, n])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('does not time the first calls of a process on either arm, but counts them', () => {
    const { made, record } = recorder(20);
    for (let i = 0; i < 25; i++) record('domain', 'split');
    for (let i = 0; i < 21; i++) record('legacy', 'control');
    expect(made.drain().map(({ arm, n, histogram }) => [arm, n, callsOf(histogram)])).toEqual([
      ['domain', 25, 5],
      ['control', 21, 1],
    ]);
    record('domain', 'split', 'ok', 10, 2);
    expect(Object.keys(made.drain()[0]!.histogram)).toHaveLength(1);
  });

  it('counts as drawn by chance only calls that no camera and no named caller keeps on a path', () => {
    const { made, record } = recorder();
    record('domain', 'split');
    runInCall({ requestId: 'r' }, () => record('domain', 'split'));
    runInCall({ requestId: 'r', actor: 'dashboard' }, () => record('domain', 'split'));
    record('domain', 'split', 'ok', 10, 1, { ...READ, stickyBy: 'cameraId' });
    expect(made.drain()[0]).toMatchObject({ n: 4, drawn: 2 });
  });

  it('does not count the fallback of a forced call', () => {
    const { made, record } = recorder();
    runInCall({ requestId: 'r', force: true }, () => record('legacy', 'fallback'));
    expect(made.drain()).toEqual([]);
  });
});

describe('the local breaker', () => {
  it('trips after four failing calls, once, and says for which operation', () => {
    const { record, alarms } = recorder();
    for (let i = 0; i < 50; i++) record('domain', 'split', 'failure');
    expect(alarms.filter((alarm) => alarm.startsWith('trip'))).toEqual(['trip: g 1 things.read']);
    expect(alarms).toContain('attention: g 1 things.read');
  });

  it('sees a rare operation die among the healthy calls of a busy one', () => {
    const { record, alarms } = recorder();
    const rare = { ...READ, id: 'things.rare' };
    for (let i = 0; i < 400; i++) {
      record('domain', 'split');
      if (i % 100 === 0) record('domain', 'split', 'failure', 10, 1, rare);
    }
    expect(alarms).toContain('trip: g 1 things.rare');
  });

  it.each<[Path, Reason]>([
    ['legacy', 'control'],
    ['domain', 'forced'],
    ['legacy', 'fallback'],
  ])('does not mind failing calls on %s because of %s', (path, reason) => {
    const { record, alarms } = recorder();
    for (let i = 0; i < 100; i++) record(path, reason, 'failure');
    expect(alarms).toEqual([]);
  });

  it('begins anew with a new entry', () => {
    const { record, alarms } = recorder();
    for (const entry of [1, 2]) for (let i = 0; i < 4; i++) record('domain', 'split', 'failure', 10, entry);
    expect(alarms.filter((alarm) => alarm.startsWith('trip'))).toHaveLength(2);
  });
});
