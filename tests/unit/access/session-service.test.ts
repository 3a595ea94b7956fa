import { AccessGate } from '../../../src/application/access/access-gate';
import { Authenticator, Sessions } from '../../../src/application/access/authenticator';
import { SessionService } from '../../../src/application/access/session-service';
import { TokenService } from '../../../src/application/access/token-service';
import { type CallContext, type Client, runInCall } from '../../../src/application/shared/call-context';
import { InMemorySessions } from '../../support/in-memory-sessions';
import { InMemoryTokens } from '../../support/in-memory-tokens';

const HERE = { address: '192.0.2.1', host: 'plant.example', origin: 'http://plant.example' };
const SITE = {
  name: 'Plant 2',
  time_zone: 'Asia/Shanghai',
  version: '1',
  violation_types: ['no_hairnet'],
  event_retention_days: 180,
  history_retention_days: 1095,
};
const clock = () => new Date('2026-01-01T00:00:00Z');

describe('the session of a browser', () => {
  const store = new InMemorySessions();
  let [text, service] = ['', {} as SessionService];
  let gate: AccessGate;
  beforeAll(async () => {
    const kept = new InMemoryTokens();
    const authenticator = new Authenticator(kept, clock);
    const issued = await new TokenService(kept, clock).create({ name: 'li', role: 'operator' });
    await authenticator.refresh();
    text = issued.text;
    const sessions = new Sessions(store, authenticator, clock);
    gate = new AccessGate({ needsToken: true, perMinute: 0 }, authenticator, sessions, clock);
    service = new SessionService(gate, sessions, SITE, clock);
  });

  const call = async <T>(client: Client, work: () => Promise<T>) => {
    const context: CallContext = { requestId: 'r', client };
    return { answer: await runInCall(context, work), context };
  };

  it('begins with a token, is told to the browser, and ends when it signs out', async () => {
    const { answer, context } = await call(HERE, () => service.signIn({ token: text }));
    expect(answer).toMatchObject({ name: 'li', role: 'operator', session: true, needs_token: true, site: SITE });
    expect(answer.expires_at).toBe('2026-01-01T12:00:00.000Z');
    const session = (context.session as { text: string }).text;
    expect(session).toMatch(/^wgs_/);
    expect(JSON.stringify(await store.all(clock()))).not.toContain(session.slice(4));
    expect(JSON.stringify(answer)).not.toContain(session.slice(4));

    const caller = gate.admit({ ...HERE, session, authorization: undefined, site: undefined, proxied: false });
    const again = await call({ ...HERE, session, caller }, () => service.me());
    expect([again.answer.name, again.context.session]).toEqual(['li', { text: session, seconds: 43_200 }]);

    expect((await call({ ...HERE, session }, () => service.signOut())).context.session).toBe('over');
    expect(await store.all(clock())).toEqual([]);
    await expect(call({ ...HERE, session }, () => service.me())).rejects.toMatchObject({ code: 'access.unauthorized' });
  });

  it('is not ended by a page of another site', async () => {
    const foreign = { ...HERE, origin: 'http://evil.example' };
    await expect(call(foreign, () => service.signOut())).rejects.toMatchObject({ code: 'access.foreign_origin' });
    await expect(call(foreign, () => service.signIn({ token: text }))).rejects.toMatchObject({
      code: 'access.foreign_origin',
    });
  });

  it('says who calls without a token, too', async () => {
    const { answer, context } = await call({ ...HERE, caller: { role: 'admin' } }, () => service.me());
    expect(answer).toMatchObject({ name: null, token_id: null, role: 'admin', session: false, expires_at: null });
    expect(context.session).toBeUndefined();
  });
});
