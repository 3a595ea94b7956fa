import { AccessGate, type AccessRules } from '../../../src/application/access/access-gate';
import { Authenticator, Sessions } from '../../../src/application/access/authenticator';
import { TokenService } from '../../../src/application/access/token-service';
import type { Credentials } from '../../../src/application/shared/gate';
import { DomainError } from '../../../src/domain/shared/domain-error';
import { InMemorySessions } from '../../support/in-memory-sessions';
import { InMemoryTokens } from '../../support/in-memory-tokens';

let now: number;
let store: InMemoryTokens;
let tokens: TokenService;
let authenticator: Authenticator;
let sessions: Sessions;
const clock = () => new Date(now);

beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  store = new InMemoryTokens();
  tokens = new TokenService(store, clock);
  authenticator = new Authenticator(store, clock);
  sessions = new Sessions(new InMemorySessions(), authenticator, clock);
});

const gateWith = (rules: Partial<AccessRules> = {}) =>
  new AccessGate({ needsToken: true, perMinute: 0, ...rules }, authenticator, sessions, clock);

const sent = (token?: string, more: Partial<Credentials> = {}) => ({
  authorization: token === undefined ? undefined : `Bearer ${token}`,
  address: '192.0.2.1',
  host: undefined,
  origin: undefined,
  site: undefined,
  proxied: false,
  ...more,
});

async function tokenOf(role: string): Promise<string> {
  const { text } = await tokens.create({ name: `the ${role}`, role });
  await authenticator.refresh();
  return text;
}

/** The code of a refusal, and how long to wait if it says so. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.details.headers?.['retry-after'] ?? ''}`.trim();
    throw error;
  }
  return 'admitted';
}

describe('where other machines can call', () => {
  it('a token tells who calls and what they may do', async () => {
    const text = await tokenOf('operator');
    expect(gateWith().admit(sent(text))).toEqual({
      actor: 'the operator',
      tokenId: text.slice(4, 20),
      role: 'operator',
    });
  });

  it('nobody comes in without one, from whatever address', () => {
    for (const address of ['127.0.0.1', '::1', '192.0.2.1'])
      expect(refusal(() => gateWith().admit(sent(undefined, { address })))).toBe('access.unauthorized');
  });

  it('a changed letter, another token and another scheme are refused alike', async () => {
    const text = await tokenOf('viewer');
    const wrong = `${text.slice(0, -2)}${text.endsWith('AA') ? 'BB' : 'AA'}`;
    const messages = [wrong, `wgt_${'0'.repeat(16)}_${'a'.repeat(43)}`, 'x', ''].map((t) => {
      try {
        return gateWith().admit(sent(t));
      } catch (error) {
        return String(error);
      }
    });
    expect(new Set(messages).size).toBe(1);
    expect(refusal(() => gateWith().admit({ ...sent(), authorization: `Basic ${text}` }))).toBe('access.unauthorized');
  });

  it('a revoked token is refused from the next look on, an expired one at once', async () => {
    const gate = gateWith();
    const text = await tokenOf('viewer');
    const [token] = await store.all();
    await tokens.revoke(token?.fields.id ?? '');
    expect(gate.admit(sent(text)).role).toBe('viewer');
    await authenticator.refresh();
    expect(refusal(() => gate.admit(sent(text)))).toBe('access.unauthorized');
    const { text: short } = await tokens.create({ name: 'guest', role: 'viewer', expiresAt: new Date(now + 1000) });
    await authenticator.refresh();
    expect(gate.admit(sent(short)).actor).toBe('guest');
    now += 1000;
    expect(refusal(() => gate.admit(sent(short)))).toBe('access.unauthorized');
  });

  it('the use of a token is noted, about once a minute', async () => {
    const text = await tokenOf('viewer');
    gateWith().admit(sent(text));
    await authenticator.noteUse();
    expect((await store.all())[0]?.fields.lastUsedAt).toEqual(clock());
  });
});

describe('on this machine only', () => {
  const gate = () => gateWith({ needsToken: false });

  it('whoever sends no token is the administrator', () => {
    expect(gate().admit(sent(undefined, { host: '127.0.0.1:8000' }))).toEqual({ role: 'admin' });
    expect(gate().admit(sent(undefined, { host: '[::1]:8000', origin: 'http://localhost:8000' }))).toEqual({
      role: 'admin',
    });
  });

  it('a token that is sent counts all the same', async () => {
    const text = await tokenOf('viewer');
    expect(gate().admit(sent(text))).toMatchObject({ actor: 'the viewer', role: 'viewer' });
    expect(refusal(() => gate().admit(sent('wrong')))).toBe('access.unauthorized');
  });

  it.each([
    ['the page of another site', { origin: 'https://evil.example' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['a page of another port of this machine', { host: 'localhost:8000', origin: 'http://localhost:9999' }],
    ['a picture that another site shows', { host: 'localhost:8000', site: 'cross-site' }],
    ['a page of another port, by what the browser says', { host: 'localhost:8000', site: 'same-site' }],
    ['what a proxy passed on', { host: '127.0.0.1:8000', proxied: true }],
    ['a name that leads here', { host: 'evil.example:8000' }],
    ['a name that begins like this machine', { host: '127.0.0.1.evil.example' }],
  ])('%s needs a token', async (_, headers) => {
    expect(refusal(() => gate().admit(sent(undefined, headers)))).toBe('access.unauthorized');
    expect(gate().admit(sent(await tokenOf('viewer'), headers)).role).toBe('viewer');
  });
});

describe('too many', () => {
  it('wrong tokens make an address wait, and only that one, and only for a while', async () => {
    const gate = gateWith();
    const guess = (address?: string) => refusal(() => gate.admit(sent('wrong', address ? { address } : {})));
    for (let i = 0; i < 10; i += 1) expect(guess()).toBe('access.unauthorized');
    expect(guess()).toBe('access.throttled 6');
    expect(guess('192.0.2.2')).toBe('access.unauthorized');
    const right = await tokenOf('viewer');
    expect(gate.admit(sent(right)).role).toBe('viewer');
    now += 6_000;
    expect([guess(), guess()]).toEqual(['access.unauthorized', 'access.throttled 6']);
  });

  it('requests make a token wait, and it refills for ever', async () => {
    const gate = gateWith({ perMinute: 60 });
    const [one, other] = [await tokenOf('viewer'), await tokenOf('operator')];
    const ask = (text: string) => refusal(() => gate.admit(sent(text)));
    for (let minute = 0; minute < 5; minute += 1) {
      for (let i = 0; i < 60; i += 1) expect(ask(one)).toBe('admitted');
      expect(ask(one)).toBe('access.throttled 1');
      expect(ask(other)).toBe('admitted');
      now += 60_000;
    }
  });

  it('0 requests a minute stand for any number', async () => {
    const [gate, text] = [gateWith(), await tokenOf('viewer')];
    for (let i = 0; i < 10_000; i += 1) gate.admit(sent(text));
  });
});

describe('a browser that signed in', () => {
  const host = 'plant.example:8000';
  const page = { host, origin: `http://${host}`, address: '192.0.2.1' };
  const signedIn = async (role = 'operator') => {
    const token = gateWith().signIn(await tokenOf(role), page);
    return (await sessions.open(token)).text;
  };

  it('may do what its token may, as long as it is used', async () => {
    const session = await signedIn();
    expect(gateWith().admit(sent(undefined, { session, host }))).toMatchObject({
      actor: 'the operator',
      role: 'operator',
      session: { expiresAt: new Date('2026-01-01T12:00:00Z') },
    });
    now += 11 * 3_600_000;
    expect(gateWith().admit(sent(undefined, { session, host })).session?.expiresAt).toEqual(
      new Date('2026-01-01T23:00:00Z'),
    );
    now += 13 * 3_600_000;
    expect(refusal(() => gateWith().admit(sent(undefined, { session, host })))).toBe('access.unauthorized');
  });

  it('ends with its token', async () => {
    const session = await signedIn();
    await tokens.revoke((await tokens.list())[0]!.fields.id);
    await authenticator.refresh();
    expect(refusal(() => gateWith().admit(sent(undefined, { session, host })))).toBe('access.unauthorized');
  });

  it.each<[string, Partial<Credentials>, string]>([
    ['a page of this service', { origin: `http://${host}` }, 'admitted'],
    ['its page behind TLS', { origin: `https://${host}` }, 'admitted'],
    ['a page of another site', { origin: 'http://evil.example' }, 'access.foreign_origin'],
    ['a page of another port of the same machine', { origin: 'http://plant.example:3000' }, 'access.foreign_origin'],
    ['a page without an origin', { origin: 'null' }, 'access.foreign_origin'],
    ['something that names no origin', {}, 'access.foreign_origin'],
  ])('changes by %s are answered as they must be', async (_what, more, expected) => {
    const credentials = sent(undefined, { session: await signedIn(), host, needsOwnOrigin: true, ...more });
    expect(refusal(() => gateWith().admit(credentials))).toBe(expected);
  });

  it('is not signed in by a page of another site, nor by guessing', async () => {
    const text = await tokenOf('viewer');
    expect(refusal(() => gateWith().signIn(text, { ...page, origin: 'http://evil.example' }))).toBe(
      'access.foreign_origin',
    );
    const gate = gateWith();
    const guesses = Array.from({ length: 12 }, () => refusal(() => gate.signIn('wgt_wrong', page)));
    expect(guesses.at(0)).toBe('access.unauthorized');
    expect(guesses.at(-1)).toMatch(/^access\.throttled/);
    expect(refusal(() => gate.signIn(text, page))).toBe('admitted');
  });
});
