import {
  OperationRouter,
  type RoutedOperation,
  type WriteFallback,
} from '../../../src/application/rollout/operation-router';
import { type CallContext, runInCall } from '../../../src/application/shared/call-context';
import { type RolloutSnapshot, compileGroup } from '../../../src/domain/rollout/decision';
import { DomainError, Unavailable, withEffect } from '../../../src/domain/shared/domain-error';
import { rememberingLog } from '../../support/quiet-log';
import { routedPort } from '../../support/routed-port';

const at = (percent: number): RolloutSnapshot => ({
  revision: 1,
  killed: false,
  stale: false,
  groups: new Map([['g', compileGroup({ group: 'g', seed: 1, bps: percent * 100 }, 1)]]),
});

interface Things {
  read(key: { id: string }): Promise<string>;
  write(key: { id: string }): Promise<string>;
}

const operation = (method: string, effect: 'read' | 'write', fallback: WriteFallback): RoutedOperation => ({
  id: `things.${method}`,
  group: 'g',
  effect,
  fallback,
  stickyBy: 'id',
  mayDiffer: [],
});

function routed(domain: Partial<Things>, fallback: WriteFallback = 'none', percent = 100) {
  const seen: string[] = [];
  const shadowed: string[] = [];
  const answers = { read: async () => 'legacy', write: async () => 'legacy' };
  const router = new OperationRouter(
    () => at(percent),
    (o, d, outcome) => void seen.push(`${o.id} ${d.path} ${d.reason} ${outcome}`),
    (read) => void shadowed.push(read.operation.id),
    rememberingLog(),
  );
  const operations = { read: operation('read', 'read', 'none'), write: operation('write', 'write', fallback) };
  const port = routedPort<Things>(router, operations, { ...answers, ...domain }, answers);
  const context: CallContext = { requestId: 'r1' };
  const call = (method: keyof Things) => runInCall(context, () => port[method]({ id: 'k' }));
  const outcomes = () => seen;
  return { call, outcomes, context, shadowed };
}

const failing = (reason: unknown) => ({ read: () => Promise.reject(reason), write: () => Promise.reject(reason) });

describe('the operation router', () => {
  it('says which path served a call, and records one observation', async () => {
    const { call, outcomes, context } = routed({ read: async () => 'domain' });
    expect(await call('read')).toBe('domain');
    expect(context.served).toMatchObject({ path: 'domain', reason: 'static' });
    expect(outcomes()).toEqual(['things.read domain static ok']);
  });

  it('serves a failed read from legacy and records both attempts', async () => {
    const { call, outcomes, context } = routed(failing(new Error('bug')));
    expect(await call('read')).toBe('legacy');
    expect(context.served).toMatchObject({ path: 'legacy', reason: 'fallback' });
    expect(outcomes()).toEqual(['things.read domain static failure', 'things.read legacy fallback ok']);
  });

  it('takes a refusal as an answer: no fallback, no failure', async () => {
    const refusal = new DomainError('camera.not_found', 'no such thing');
    const { call, outcomes } = routed(failing(refusal), 'ifRolledBack');
    await expect(call('read')).rejects.toBe(refusal);
    await expect(call('write')).rejects.toBe(refusal);
    expect(outcomes()).toEqual(['things.read domain static reject', 'things.write domain static reject']);
  });

  const lost = (effect: 'not-started' | 'rolled-back' | 'unknown' | 'committed') =>
    new Unavailable('database.unavailable', 'x', effect);
  it.each<[WriteFallback, unknown, boolean]>([
    ['none', lost('not-started'), false],
    ['ifNotStarted', lost('not-started'), true],
    ['ifNotStarted', lost('rolled-back'), false],
    ['ifRolledBack', lost('not-started'), true],
    ['ifRolledBack', lost('rolled-back'), true],
    ['ifRolledBack', lost('unknown'), false],
    ['ifRolledBack', lost('committed'), false],
    ['ifRolledBack', new Error('a bug nobody knows the effect of'), false],
    ['ifRolledBack', withEffect(new Error('a bug before COMMIT'), 'rolled-back'), true],
  ])('with fallback %s, a write that failed as %s is repeated on legacy: %s', async (fallback, error, repeated) => {
    const { call } = routed(failing(error), fallback);
    if (repeated) expect(await call('write')).toBe('legacy');
    else await expect(call('write')).rejects.toBe(error);
  });

  it('does not let a recorder that throws change the answer', async () => {
    const throwing = () => {
      throw new Error('disk full');
    };
    const router = new OperationRouter(
      () => at(100),
      throwing,
      () => undefined,
      rememberingLog(),
    );
    const things = { read: async () => 'domain', write: async () => 'domain' };
    const port = routedPort<Things>(
      router,
      { read: operation('read', 'read', 'none'), write: operation('write', 'write', 'none') },
      things,
      things,
    );
    expect(await port.read({ id: 'k' })).toBe('domain');
  });

  it('does not let a probe with a key of its own choosing be judged', async () => {
    const { call, outcomes, context } = routed({});
    Object.assign(context, { probe: 'k' });
    await call('read');
    expect(context.served).toMatchObject({ path: 'domain' });
    expect(outcomes()).toEqual([]);
  });

  it('offers every answered read, refusals included, for comparison, and no write', async () => {
    const refusal = new DomainError('camera.not_found', 'no such thing');
    const { call, shadowed } = routed({ read: () => Promise.reject(refusal) });
    await expect(call('read')).rejects.toBe(refusal);
    await call('write');
    expect(shadowed).toEqual(['things.read']);
  });

  it('keeps one key on one path', async () => {
    const { call, outcomes } = routed({}, 'none', 50);
    for (let i = 0; i < 20; i++) await call('read');
    expect(new Set(outcomes()).size).toBe(1);
  });
});
