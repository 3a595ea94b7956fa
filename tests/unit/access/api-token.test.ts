import { ApiToken, freshSecret, proves, readToken } from '../../../src/domain/access/api-token';
import { covers, roles } from '../../../src/domain/shared/role';

const NOW = new Date('2026-01-01T00:00:00Z');
const HASH = '0'.repeat(64);

describe('the text of a token', () => {
  it('is 256 random bits and proves nothing but itself', () => {
    const [one, other] = [freshSecret(), freshSecret()];
    const read = readToken(one.text);
    expect(Buffer.from(read?.secret ?? '', 'base64url')).toHaveLength(32);
    expect(read?.id).toBe(one.id);
    expect(proves(read?.secret ?? '', one.hash)).toBe(true);
    expect(proves(read?.secret ?? '', other.hash)).toBe(false);
    expect(one.text).not.toContain(one.hash);
    expect(one.text).not.toBe(other.text);
  });

  it.each([
    '',
    'wgt_',
    'Bearer x',
    `wgt_${'0'.repeat(16)}_${'a'.repeat(42)}`,
    `xx_${'0'.repeat(16)}_${'a'.repeat(43)}`,
  ])('is not read from %j', (text) => expect(readToken(text)).toBeUndefined());
});

describe('a token', () => {
  const issue = (wanted: { name?: string; role?: string; expiresAt?: Date }) =>
    ApiToken.issue({ name: 'li', role: 'viewer', ...wanted }, 'a', HASH, NOW);

  it('is usable until it expires or is revoked', () => {
    const token = issue({ expiresAt: new Date(NOW.getTime() + 1000) });
    expect(token.isUsable(NOW)).toBe(true);
    expect(token.isUsable(new Date(NOW.getTime() + 1000))).toBe(false);
    expect(ApiToken.restore({ ...token.fields, revokedAt: NOW }).isUsable(NOW)).toBe(false);
    expect(issue({}).isUsable(new Date('2999-01-01'))).toBe(true);
  });

  it.each([
    ['an unknown role', { role: 'root' }, /^role must be one of/],
    ['no name', { name: '' }, /^name must be/],
    ['a line break in its name', { name: 'a\nb' }, /^name must be/],
    ['a name that stands for nobody', { name: 'Anonymous' }, /^name must be/],
    ['an expiry in the past', { expiresAt: NOW }, /^expires_at must be/],
    ['an expiry that is no time', { expiresAt: new Date(Number.NaN) }, /^expires_at must be/],
  ])('is not given out with %s', (_, wanted, says) => expect(() => issue(wanted)).toThrow(says));

  it('is refused with all its faults at once', () => {
    expect(() => issue({ name: '', role: '' })).toThrow(/name .*role /);
  });
});

it('a role covers itself and the lesser ones', () => {
  const covered = roles.map((role) => roles.filter((needed) => covers(role, needed)));
  expect(covered).toEqual([['viewer'], ['viewer', 'operator'], ['viewer', 'operator', 'admin']]);
});
