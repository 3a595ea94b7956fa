import { OpenFeature } from '@openfeature/server-sdk';
import { type GroupSettings, type RolloutSnapshot, compileGroup } from '../../../src/domain/rollout/decision';
import { RolloutProvider } from '../../../src/infrastructure/openfeature/rollout-provider';

const OPERATIONS = [
  { id: 'things.read', group: 'things', effect: 'read' },
  { id: 'things.write', group: 'things', effect: 'write' },
] as const;

let snapshot: RolloutSnapshot;
function given(group: Partial<GroupSettings>, change: Partial<RolloutSnapshot> = {}) {
  const compiled = compileGroup({ group: 'things', seed: 1, bps: 5000, entry: 3, ...group }, 7);
  snapshot = { revision: 7, killed: false, stale: false, groups: new Map([['things', compiled]]), ...change };
}
const client = OpenFeature.getClient('rollout');
const ask = async (flag: string, targetingKey: string | undefined = 'cam1') => {
  const { value, variant, reason, errorCode } = await client.getBooleanDetails(flag, false, { targetingKey });
  return [value, variant, reason, errorCode].filter((part) => part !== undefined).join(' ');
};

beforeAll(() => OpenFeature.setProviderAndWait('rollout', new RolloutProvider(() => snapshot, OPERATIONS)));
afterAll(() => OpenFeature.close());

describe('the OpenFeature provider', () => {
  it.each<[string, string, Partial<GroupSettings>, Partial<RolloutSnapshot>, string]>([
    ['everybody', 'things.read', { bps: 10_000 }, {}, 'true domain STATIC'],
    ['nobody', 'things.read', { bps: 0 }, {}, 'false legacy STATIC'],
    ['nearly everybody', 'things.write', { bps: 9999 }, {}, 'true domain SPLIT'],
    ['a group that was rolled back', 'things.read', { bps: 0, rolledBack: true }, {}, 'false legacy DISABLED'],
    ['a killed group', 'things.read', { killed: true }, {}, 'false legacy DISABLED'],
    ['a tripped breaker', 'things.read', { tripped: true }, {}, 'false legacy DISABLED'],
    ['a write on a stale state', 'things.write', { bps: 10_000 }, { stale: true }, 'false legacy STALE'],
    ['a read on a stale state', 'things.read', { bps: 10_000 }, { stale: true }, 'true domain STATIC'],
    ['a group on a stale state', 'things', { bps: 10_000 }, { stale: true }, 'false legacy STALE'],
    ['a group', 'things', { bps: 10_000 }, {}, 'true domain STATIC'],
    ['an unknown flag', 'thing', {}, {}, 'false ERROR FLAG_NOT_FOUND'],
  ])('answers for %s', async (_what, flag, group, change, expected) => {
    given(group, change);
    expect(await ask(flag)).toBe(expected);
  });

  it('says which stage and revision decided', async () => {
    given({ bps: 10_000 });
    const { flagMetadata } = await client.getBooleanDetails('things.read', false, { targetingKey: 'cam1' });
    expect(flagMetadata).toEqual({ group: 'things', reason: 'static', revision: 7, entry: 3 });
  });

  it('gives the default and says why when it cannot answer', async () => {
    given({});
    expect(await client.getBooleanDetails('things.read', true)).toMatchObject({
      value: true,
      errorCode: 'TARGETING_KEY_MISSING',
    });
    const text = await client.getStringDetails('things.read', 'x', { targetingKey: 'cam1' });
    expect(text).toMatchObject({ value: 'x', errorCode: 'TYPE_MISMATCH' });
  });
});
