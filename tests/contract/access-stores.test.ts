import type { AuditEntry } from '../../src/application/access/audit-trail';
import type { Minute } from '../../src/application/monitoring/minute-metrics';
import { ApiToken, type Session } from '../../src/domain/access/api-token';
import { STORE_SETS, storesForEach } from '../support/store-sets';

const NOW = new Date('2030-01-01T00:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

describe.each(STORE_SETS)('tokens, audit trail and minutes in $where', ({ open }) => {
  const here = storesForEach(open);

  describe('tokens', () => {
    const token = (n: number, more: Partial<ApiToken['fields']> = {}) =>
      ApiToken.restore({
        id: String(n).padStart(16, '0'),
        name: `token ${n}`,
        role: 'viewer',
        hash: 'ab'.repeat(32),
        createdAt: later(n),
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
        ...more,
      });
    const one = async (id = token(1).fields.id) =>
      (await here.stores.tokens.all()).find(({ fields }) => fields.id === id);

    it('are listed newest first, as they were stored', async () => {
      const all = [token(1), token(2, { role: 'admin', expiresAt: later(1_000) })];
      for (const each of all) await here.stores.tokens.add(each);
      expect((await here.stores.tokens.all()).map(({ fields }) => fields)).toEqual(
        all.reverse().map(({ fields }) => fields),
      );
    });

    it('are revoked once, whoever revokes them again', async () => {
      await here.stores.tokens.add(token(1));
      const { id } = token(1).fields;
      expect([await here.stores.tokens.revoke(id, NOW), await here.stores.tokens.revoke(id, later(5))]).toEqual([
        true,
        true,
      ]);
      expect((await one())?.fields.revokedAt).toEqual(NOW);
      expect(await here.stores.tokens.revoke('f'.repeat(16), NOW)).toBe(false);
    });

    it('keep when they were used last, whichever service says so first', async () => {
      await here.stores.tokens.add(token(1));
      await here.stores.tokens.used(new Map([[token(1).fields.id, later(5)]]));
      await here.stores.tokens.used(
        new Map([
          [token(1).fields.id, NOW],
          ['unknown', NOW],
        ]),
      );
      expect((await one())?.fields.lastUsedAt).toEqual(later(5));
    });
  });

  describe('sessions', () => {
    const tokenId = '0'.repeat(15) + '1';
    const session = (n: number, more: Partial<Session> = {}): Session => ({
      hash: String(n).padStart(64, '0'),
      tokenId,
      createdAt: later(n),
      expiresAt: later(n + 1_000),
      ...more,
    });
    const hashes = async (now = NOW) =>
      (await here.stores.sessions.all(now)).map(({ hash }) => Number(hash)).sort((a, b) => a - b);
    beforeEach(async () => {
      const fields = { id: tokenId, name: 'li', role: 'viewer', hash: 'ab'.repeat(32), createdAt: NOW } as const;
      const never = { expiresAt: null, revokedAt: null, lastUsedAt: null };
      await here.stores.tokens.add(ApiToken.restore({ ...fields, ...never }));
    });

    it('are there until they expire, are extended, and are removed', async () => {
      await here.stores.sessions.add(session(1), 10);
      expect(await here.stores.sessions.all(NOW)).toEqual([session(1)]);
      expect(await hashes(later(1_001))).toEqual([]);
      await here.stores.sessions.extend(new Map([[session(1).hash, later(9_000)]]));
      await here.stores.sessions.extend(new Map([[session(1).hash, later(5)]]));
      expect(await here.stores.sessions.all(later(8_999))).toEqual([{ ...session(1), expiresAt: later(9_000) }]);
      await here.stores.sessions.remove(session(1).hash);
      expect(await hashes()).toEqual([]);
    });

    it('are bounded for each token: the oldest goes, and what has expired', async () => {
      await here.stores.sessions.add(session(1, { expiresAt: later(3) }), 3);
      for (const n of [2, 3, 4, 5]) await here.stores.sessions.add(session(n), 3);
      expect(await hashes()).toEqual([3, 4, 5]);
    });
  });

  describe('the audit trail', () => {
    const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
      at: NOW,
      actor: 'li',
      tokenId: null,
      role: 'admin',
      operation: 'cameras.update',
      status: 200,
      requestId: 'r-1',
      address: '127.0.0.1',
      input: { camera_id: 'cam1' },
      changed: null,
      ...more,
    });
    const page = async (filter: object = {}, limit = 9) =>
      (await here.stores.audit.page(filter, limit)).map(({ requestId }) => requestId);

    it('gives entries back newest first, as they were stored', async () => {
      await here.stores.audit.add([
        entry(),
        entry({ requestId: 'r-2', actor: null, role: null, changed: { revision: 3 } }),
      ]);
      const [second, first] = await here.stores.audit.page({}, 9);
      expect(first).toEqual({ ...entry(), id: expect.any(Number) });
      expect(second).toMatchObject({ requestId: 'r-2', actor: null, role: null, changed: { revision: 3 } });
      expect(second?.id).toBeGreaterThan(first?.id ?? Number.NaN);
    });

    it('is read by who, what, and by which token, and from an entry on', async () => {
      await here.stores.audit.add([
        entry({ requestId: 'a' }),
        entry({ requestId: 'b', actor: 'wang', tokenId: 't' }),
        entry({ requestId: 'c', operation: 'cameras.remove' }),
      ]);
      expect(await page({ actor: 'li' })).toEqual(['c', 'a']);
      expect(await page({ operation: 'cameras.remove' })).toEqual(['c']);
      expect(await page({ tokenId: 't' })).toEqual(['b']);
      expect(await page({}, 2)).toEqual(['c', 'b']);
      const [newest] = await here.stores.audit.page({}, 1);
      expect(await page({ before: newest?.id })).toEqual(['b', 'a']);
    });
  });

  describe('minutes', () => {
    const minute = (at: number, calls = 1): Minute => ({
      minute: at,
      rows: [
        {
          source: 'http',
          operation: 'cameras.list',
          path: 'domain',
          counts: { '200': calls },
          histogram: { '3': calls },
          sumMs: 1.5,
          maxMs: 1,
        },
      ],
      errors: [{ timestamp: NOW.toISOString(), status_code: 404, operation: 'cameras.get' }],
    });

    it('are told of all other services, in their order, the last word on each', async () => {
      const [a, b] = [here.stores.minutes('a'), here.stores.minutes('b')];
      await a.save([minute(11), minute(10)]);
      await a.save([minute(11, 2)]);
      await b.save([minute(11, 7)]);
      await b.save([]);
      expect(await b.ofOthers(10)).toEqual([
        { instance: 'a', ...minute(10) },
        { instance: 'a', ...minute(11, 2) },
      ]);
      expect(await a.ofOthers(11)).toEqual([{ instance: 'b', ...minute(11, 7) }]);
      expect(await a.ofOthers(12)).toEqual([]);
    });

    it('are lost where they are too old, whoever counted them', async () => {
      await here.stores.minutes('a').save([minute(10), minute(11)]);
      await here.stores.minutes('b').prune(11);
      expect((await here.stores.minutes('b').ofOthers(0)).map((each) => each.minute)).toEqual([11]);
    });
  });
});
