import fc from 'fast-check';
import { BUCKETS, bucketOf, murmur3, seedOf } from '../../../src/domain/rollout/bucket';
import { type GroupSettings, type RolloutSnapshot, compileGroup, decide } from '../../../src/domain/rollout/decision';
import vectors from '../../fixtures/bucket-vectors.json';
import { runs } from '../../support/long-runs';

function setting(group: Partial<GroupSettings>, snapshot: Partial<RolloutSnapshot> = {}) {
  const compiled = compileGroup({ group: 'g', seed: seedOf('g', ''), bps: 5000, ...group }, 7);
  const full: RolloutSnapshot = {
    revision: 7,
    killed: false,
    stale: false,
    groups: new Map([['g', compiled]]),
    ...snapshot,
  };
  return (key: string, force?: boolean, effect: 'read' | 'write' = 'read') => {
    const { path, reason, revision } = decide(full, compiled, effect, key, force);
    expect(revision).toBe(7);
    return `${path} ${reason}`;
  };
}

describe('bucketing', () => {
  it('reproduces the golden vectors', () => {
    for (const { key, repeat, group, salt, bucket } of vectors) {
      expect([key, bucketOf(key.repeat(repeat), seedOf(group, salt))]).toEqual([key, bucket]);
    }
  });

  it('is an unsigned 32-bit hash that tells 5,000 Chinese keys apart as well as chance does', () => {
    const hashes = Array.from({ length: 5000 }, (_, i) => murmur3(`摄像头${String.fromCodePoint(0x4e00 + i)}`, 1));
    expect(hashes.every((h) => Number.isInteger(h) && h >= 0 && h < 2 ** 32)).toBe(true);
    // Birthday: 5000² / 2 / 2³² ≈ 0.003 expected collisions, so one would be a defect in more than 99 % of cases.
    expect(new Set(hashes).size).toBe(5000);
  });

  it.each(['user-', '', 'cam_', '相机'])(
    'fills 100 classes evenly (chi-square, 99.9 %% limit for 99 degrees of freedom): %s',
    (prefix) => {
      const n = runs(200_000, 50_000);
      const counts = Array.from({ length: 100 }, () => 0);
      for (let i = 0; i < n; i++) counts[bucketOf(`${prefix}${i}`, 5) % 100]! += 1;
      const chi = counts.reduce((sum, c) => sum + (c - n / 100) ** 2 / (n / 100), 0);
      expect(chi).toBeLessThan(149);
    },
  );
});

describe('a decision', () => {
  it('admits nobody at 0 and everybody at 10000', () => {
    const [none, all] = [setting({ bps: 0 }), setting({ bps: BUCKETS })];
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(none(key)).toBe('legacy static');
        expect(all(key)).toBe('domain static');
      }),
    );
  });

  it('keeps everybody admitted while the share grows, for any two shares', () => {
    const bps = fc.integer({ min: 0, max: BUCKETS });
    fc.assert(
      fc.property(fc.string(), bps, bps, (key, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        if (setting({ bps: small })(key).startsWith('domain')) expect(setting({ bps: large })(key)).toMatch(/^domain/);
      }),
    );
  });

  it('moves in steps of one basis point, excluding the bucket that equals the share', () => {
    const bucket = bucketOf('cam1', seedOf('g', ''));
    expect(setting({ bps: bucket })('cam1')).toMatch(/^legacy (split|control)$/);
    expect(setting({ bps: bucket + 1 })('cam1')).toBe('domain split');
  });

  it.each<[string, Partial<GroupSettings>, Partial<RolloutSnapshot>, boolean | undefined, 'read' | 'write', string]>([
    ['the global kill beats force', {}, { killed: true }, true, 'read', 'legacy killed'],
    ['the kill of the group beats force', { killed: true }, {}, true, 'read', 'legacy killed'],
    ['a tripped breaker beats force', { tripped: true }, {}, true, 'read', 'legacy tripped'],
    ['a stale state sends writes to legacy, force or not', {}, { stale: true }, true, 'write', 'legacy stale'],
    [
      'a stale state leaves reads where they are',
      { bps: BUCKETS },
      { stale: true },
      undefined,
      'read',
      'domain static',
    ],
    ['force true', { bps: 0 }, {}, true, 'read', 'domain forced'],
    ['force false', { bps: BUCKETS }, {}, false, 'write', 'legacy forced'],
    ['nobody', { bps: 0 }, {}, undefined, 'read', 'legacy static'],
    ['a group that was rolled back', { bps: 0, rolledBack: true }, {}, undefined, 'read', 'legacy rolled_back'],
    ['force beats a rollback', { bps: 0, rolledBack: true }, {}, true, 'read', 'domain forced'],
    ['a holdout of all beats the share', { bps: BUCKETS, holdout: BUCKETS }, {}, undefined, 'read', 'legacy holdout'],
  ])('%s', (_rule, group, snapshot, force, effect, expected) => {
    expect(setting(group, snapshot)('k', force, effect)).toBe(expected);
  });

  it('allocates nothing: the same call gives the very same object', () => {
    const compiled = compileGroup({ group: 'g', seed: 1, bps: 5000 }, 1);
    const snapshot: RolloutSnapshot = { revision: 1, killed: false, stale: false, groups: new Map() };
    expect(decide(snapshot, compiled, 'read', 'k', undefined)).toBe(decide(snapshot, compiled, 'read', 'k', undefined));
  });
});
