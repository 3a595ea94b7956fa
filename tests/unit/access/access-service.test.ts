import { AccessService } from '../../../src/application/access/access-service';
import { AuditTrail } from '../../../src/application/access/audit-trail';
import { Authenticator } from '../../../src/application/access/authenticator';
import { TokenService } from '../../../src/application/access/token-service';
import { type CallContext, runInCall } from '../../../src/application/shared/call-context';
import { InMemoryAudit } from '../../support/in-memory-audit';
import { InMemoryTokens } from '../../support/in-memory-tokens';
import { Outage } from '../../support/outage';
import { rememberingLog } from '../../support/quiet-log';

describe('tokens and audit trail as administrators see them', () => {
  const time = { now: new Date('2030-01-01T00:00:00Z') };
  const clock = () => time.now;
  let outage: Outage;
  let authenticator: Authenticator;
  let trail: AuditTrail;
  let access: AccessService;
  beforeEach(() => {
    time.now = new Date('2030-01-01T00:00:00Z');
    outage = new Outage();
    const [tokens, audit] = [outage.over(new InMemoryTokens()), outage.over(new InMemoryAudit())];
    authenticator = new Authenticator(tokens, clock);
    trail = new AuditTrail(audit, (input) => input, clock, rememberingLog());
    access = new AccessService(new TokenService(tokens, clock), authenticator, trail, audit);
  });
  const done = (requestId: string, more: object = {}) =>
    trail.record({
      operation: 'cameras.update',
      caller: { actor: 'li', tokenId: 't', role: 'admin' },
      requestId,
      address: '127.0.0.1',
      status: 200,
      ...more,
    });

  it('lets a new token in at once, and shows its secret this one time', async () => {
    const context: CallContext = { requestId: 'r' };
    const { token, secret } = await runInCall(context, () => access.createToken({ name: 'gate', role: 'operator' }));
    expect(token).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'gate',
      role: 'operator',
      created_at: '2030-01-01T00:00:00.000Z',
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
    });
    expect(context.changed).toEqual({ token_id: token.id });
    expect(authenticator.identify(secret)?.fields.name).toBe('gate');
    const { tokens } = await access.tokens();
    expect(tokens).toEqual([token]);
    expect(JSON.stringify(tokens)).not.toContain(secret.slice(-43));
  });

  it('locks a revoked token out at once, and one whose time is over', async () => {
    const [one, other] = [
      await access.createToken({ name: 'one', role: 'viewer' }),
      await access.createToken({ name: 'other', role: 'viewer', expires_at: '2030-01-01T01:00:00Z' }),
    ];
    expect(await access.revokeToken({ token_id: one.token.id })).toEqual({ ok: true, token_id: one.token.id });
    expect(authenticator.identify(one.secret)).toBeUndefined();
    expect(authenticator.identify(other.secret)).toBeDefined();
    time.now = new Date('2030-01-01T01:00:00Z');
    expect(authenticator.identify(other.secret)).toBeUndefined();
  });

  it('gives out no token of an odd name, and revokes none that there is not', async () => {
    await expect(access.createToken({ name: 'anonymous', role: 'viewer' })).rejects.toMatchObject({
      code: 'access.invalid',
    });
    await expect(access.createToken({ name: 'x', role: 'king' })).rejects.toMatchObject({ code: 'access.invalid' });
    await expect(access.revokeToken({ token_id: 'f'.repeat(16) })).rejects.toMatchObject({
      code: 'access.token_not_found',
    });
    expect((await access.tokens()).tokens).toEqual([]);
  });

  it('answers the audit trail newest first, what was done a moment ago included, page by page', async () => {
    done('a');
    done('b', { operation: 'cameras.remove', caller: { actor: 'wang', role: 'admin' } });
    done('c');
    const first = await access.audit({ limit: 2 });
    expect(first.entries).toMatchObject([
      { request_id: 'c', actor: 'li', token_id: 't', at: '2030-01-01T00:00:00.000Z' },
      { request_id: 'b', actor: 'wang', token_id: null },
    ]);
    const rest = await access.audit({ limit: 2, cursor: first.next_cursor ?? 0 });
    expect([rest.entries.map(({ request_id }) => request_id), rest.next_cursor]).toEqual([['a'], null]);
    const ids = async (query: object) =>
      (await access.audit({ limit: 9, ...query })).entries.map(({ request_id }) => request_id);
    expect(await ids({ actor: 'wang' })).toEqual(['b']);
    expect(await ids({ operation: 'cameras.update', token_id: 't' })).toEqual(['c', 'a']);
  });

  it('gives out no token while the database is away, and goes on knowing those there are', async () => {
    const { secret } = await access.createToken({ name: 'gate', role: 'viewer' });
    Object.assign(outage, { away: true, effect: 'unknown' });
    await expect(access.createToken({ name: 'other', role: 'viewer' })).rejects.toMatchObject({ effect: 'unknown' });
    expect(authenticator.identify(secret)).toBeDefined();
    outage.away = false;
    expect((await access.tokens()).tokens).toHaveLength(1);
  });
});
