import { setImmediate as turn } from 'node:timers/promises';
import { DomainError, Unavailable } from '../../../src/domain/shared/domain-error';
import { GROUP, READ, rolloutSiteInMemory } from '../../support/rollout-site-in-memory';

let site: ReturnType<typeof rolloutSiteInMemory>;
beforeEach(async () => {
  site = rolloutSiteInMemory();
  await site.begin();
  await site.service.start({ group: GROUP });
  await site.install();
});

const mismatch = async () => ({
  group: GROUP,
  entry: (await site.state()).entry,
  operation: READ.id,
  at: site.clock(),
  requestId: 'r',
  served: 'domain',
  pointers: [{ pointer: '/value/total', domain: 1, legacy: 2 }],
  input: {},
  answers: { domain: { value: { total: 1 } }, legacy: { value: { total: 2 } } },
});

describe('what a process does about its own observations', () => {
  const trip = async () => {
    site.runtime.tripped(GROUP, (await site.state()).entry, READ.id);
    await turn();
  };

  it('takes a group back in this process, and stores that for all', async () => {
    await trip();
    expect(site.policy.takenBack()).toEqual([GROUP]);
    expect(await site.state()).toMatchObject({
      status: 'rolled_back',
      effectiveBps: 0,
      tripReason: `calls of ${READ.id} fail on the domain path`,
    });
  });

  it('freezes a group whose new writes legacy cannot read', async () => {
    site = rolloutSiteInMemory({ defaults: { on_trip: 'freeze' } });
    await site.begin();
    await site.service.start({ group: GROUP });
    await site.install();
    await trip();
    await site.runtime.mismatch(await mismatch());
    expect((await site.state()).status).toBe('frozen');
    expect(site.kinds()).toEqual(['stage_entered', 'frozen']);
  });

  it('holds without the database, and stores the rollback when it is back', async () => {
    const { entry } = await site.state();
    site.outage.away = true;
    site.runtime.tripped(GROUP, entry, READ.id);
    await turn();
    expect(site.policy.takenBack()).toEqual([GROUP]);
    expect(site.log.lines.at(-1)).toContain('stored when it can be');
    await expect(site.runtime.storePending()).rejects.toBeInstanceOf(Unavailable);
    site.outage.away = false;
    await site.runtime.storePending();
    await site.runtime.storePending();
    expect(site.kinds()).toEqual(['stage_entered', 'rolled_back']);
  });

  it('does nothing about a stage that is over', async () => {
    const { entry } = await site.state();
    site.runtime.tripped(GROUP, entry - 1, READ.id);
    site.runtime.attention(GROUP, entry - 1, READ.id);
    await turn();
    expect([site.kinds(), site.policy.takenBack()]).toEqual([['stage_entered'], []]);
  });

  it('asks for attention once', async () => {
    const { entry } = await site.state();
    site.runtime.attention(GROUP, entry, READ.id);
    site.runtime.attention(GROUP, entry, READ.id);
    await turn();
    expect(site.kinds()).toEqual(['stage_entered', 'attention']);
    expect((await site.state()).attention).toContain('more often than they should');
  });

  it('rolls back at the first confirmed difference, and keeps it', async () => {
    await site.runtime.mismatch(await mismatch());
    expect((await site.state()).tripReason).toContain('differently at /value/total');
    expect((await site.service.mismatches({ group: GROUP, limit: 9 })).mismatches).toMatchObject([{ requestId: 'r' }]);
  });

  it('rolls back where the table differed from the file, but not a group that is on legacy', async () => {
    await site.runtime.tableDiffered(GROUP, 'cam1');
    await site.runtime.tableDiffered(GROUP, 'cam1');
    await site.runtime.tableDiffered('unknown', 'cam1');
    expect(site.kinds()).toEqual(['stage_entered', 'rolled_back']);
  });

  it('stores again what the database forgot of kills, once for all instances', async () => {
    await site.service.kill({ reason: 'drill' });
    await site.service.kill({ group: GROUP, reason: 'drill' });
    const remembered = await site.store.load();
    await site.service.unkill({ reason: 'the database lost the kills' });
    await site.service.unkill({ group: GROUP, reason: 'the database lost the kills' });
    site.runtime.forgot(remembered);
    await turn();
    await site.runtime.storePending();
    expect([(await site.store.load()).killed, (await site.state()).killed]).toEqual([true, true]);
    expect(site.kinds().slice(-2)).toEqual(['killed', 'killed']);
    expect(site.log.lines.at(-1)).toContain('changes were lost');
  });
});

describe('verifications', () => {
  it('have an id of their own, and a violation only where violations are changed', async () => {
    const [one, other] = [
      await site.verifications.begin('record-read', 60),
      await site.verifications.begin('violation-status', 60),
    ];
    expect(one).toMatchObject({ group: 'record-read', violation_id: null, event_camera_id: `~${one.id}` });
    expect(one.id).not.toBe(other.id);
    expect(other.violation_id).toEqual(expect.any(Number));
  });

  it('lose at their end what they made; a camera that they did not make is no fault', async () => {
    const { id } = await site.verifications.begin('record-read', 60);
    await site.desired.set(id, 'running');
    await site.verifications.end(id);
    expect([site.removed, await site.desired.all()]).toEqual([[id], new Map()]);
    expect(await site.verifications.find(id)).toMatchObject({ expires_at: site.clock().toISOString() });
  });

  it('end by themselves when their time is over, and are forgotten a while later', async () => {
    const { id } = await site.verifications.begin('record-read', 60);
    await site.verifications.endExpired();
    expect(site.removed).toEqual([]);
    site.pass(61_000);
    await site.verifications.endExpired();
    expect(site.removed).toEqual([id]);
    site.pass(15_000);
    await site.verifications.endExpired();
    await expect(site.verifications.find(id)).rejects.toMatchObject({ code: 'rollout.verification_not_found' });
  });

  it('are not ended where their camera cannot be removed, so that it is tried again', async () => {
    const { id } = await site.verifications.begin('record-read', 60);
    site.cameras.fault = new DomainError('camera_config.file_invalid', 'The file has faults.');
    await expect(site.verifications.end(id)).rejects.toBe(site.cameras.fault);
    site.pass(61_000);
    await expect(site.verifications.endExpired()).rejects.toBe(site.cameras.fault);
    site.cameras.fault = undefined;
    await site.verifications.endExpired();
    expect(site.removed).toEqual([id]);
    await expect(site.verifications.end('unknown')).rejects.toMatchObject({ code: 'rollout.verification_not_found' });
  });
});
