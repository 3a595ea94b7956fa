import { type AuditEntry, type AuditStore, AuditTrail } from '../../../src/application/access/audit-trail';
import { maskFields } from '../../../src/domain/cameras/camera-secrets';
import { Unavailable } from '../../../src/domain/shared/domain-error';
import { rememberingLog } from '../../support/quiet-log';

class RememberedAudit implements AuditStore {
  readonly entries: AuditEntry[] = [];
  away = false;

  async add(entries: readonly AuditEntry[]): Promise<void> {
    await Promise.resolve();
    if (this.away) throw new Unavailable('database.unavailable', 'the database is away', 'not-started');
    if (JSON.stringify(entries).includes('poison')) throw new Error('the database does not take this');
    this.entries.push(...entries);
  }

  page = () => Promise.resolve([]);
  forget = () => Promise.resolve();
}

const AT = new Date('2026-01-01T00:00:00Z');
const call = {
  operation: 'cameras.create',
  caller: { role: 'admin' as const },
  requestId: 'r',
  address: '',
  status: 200,
};

function trailOn(store: AuditStore) {
  const log = rememberingLog();
  return { trail: new AuditTrail(store, maskFields, () => AT, log), log };
}

describe('the audit trail', () => {
  it('keeps who did what, with secrets masked', async () => {
    const store = new RememberedAudit();
    const { trail } = trailOn(store);
    const input = { id: 'a', source: 'rtsp://u:geheim@h/x', env: { K: 'geheim' }, note: 'a\u0000b', path: '\\u0000' };
    trail.record({
      ...call,
      caller: { actor: 'li', tokenId: '0123456789abcdef', role: 'operator' },
      input,
      changed: { revision: 3 },
    });
    await trail.flush();
    expect(store.entries).toEqual([
      {
        at: AT,
        actor: 'li',
        tokenId: '0123456789abcdef',
        role: 'operator',
        operation: 'cameras.create',
        status: 200,
        requestId: 'r',
        address: '',
        input: { id: 'a', source: 'rtsp://u:***@h/x', env: { K: '***' }, note: 'a\uFFFDb', path: '\\u0000' },
        changed: { revision: 3 },
      },
    ]);
  });

  it('says how much was sent where it is too much to keep', async () => {
    const store = new RememberedAudit();
    const { trail } = trailOn(store);
    trail.record({ ...call, input: { events: ['x'.repeat(5_000)], note: 'kept' } });
    await trail.flush();
    expect(store.entries[0]?.input).toEqual({
      events: [expect.stringMatching(/^x{200}… \(5000 characters, sha256 [0-9a-f]{16}\)$/)],
      note: 'kept',
    });
  });

  it('loses nothing and doubles nothing when the database is away and two flush at once', async () => {
    const store = new RememberedAudit();
    const { trail } = trailOn(store);
    for (let i = 0; i < 1_200; i += 1) trail.record({ ...call, requestId: String(i) });
    store.away = true;
    await expect(trail.flush()).rejects.toThrow('away');
    store.away = false;
    await Promise.all([trail.flush(), trail.flush()]);
    expect(store.entries.map((e) => e.requestId)).toEqual(Array.from({ length: 1_200 }, (_, i) => String(i)));
  });

  it('keeps only so much while the database is away, and tells the gap', async () => {
    const store = new RememberedAudit();
    const { trail, log } = trailOn(store);
    for (let i = 0; i < 10_005; i += 1) trail.record({ ...call, requestId: String(i) });
    await trail.flush();
    expect(store.entries).toHaveLength(10_000);
    expect(store.entries[0]?.requestId).toBe('5');
    expect(log.lines.join()).toContain('has a gap');
  });

  it('is not held up by an entry that the database does not take', async () => {
    const store = new RememberedAudit();
    const { trail } = trailOn(store);
    for (const name of ['a', 'poison', 'b']) trail.record({ ...call, input: { name } });
    await trail.flush();
    expect(store.entries.map((e) => e.input)).toEqual([{ name: 'a' }, null, { name: 'b' }]);
  });

  it('never throws at whoever tells it something', () => {
    const { trail, log } = trailOn(new RememberedAudit());
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    trail.record({ ...call, input: circle });
    expect(log.lines.join()).toContain('could not be told');
  });
});
