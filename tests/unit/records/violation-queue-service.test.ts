import { ViolationQueueService } from '../../../src/application/records/violation-queue-service';
import { runInCall } from '../../../src/application/shared/call-context';
import { Violation } from '../../../src/domain/records/violation';
import { EventRows, InMemoryViolationQueue, InMemoryViolations } from '../../support/in-memory-events';

const NOW = new Date('2030-01-01T00:00:00Z');
const violation = (id: number, seconds: number, version = 1) => {
  const at = new Date(NOW.getTime() - seconds * 1_000);
  const none = { snapshotPath: null, bbox: null, handledAt: null, handledBy: null, notes: null };
  const known = {
    cameraId: 'gate',
    violationType: 'no_hairnet',
    trackId: null,
    confidence: 0.9,
    status: 'pending',
  } as const;
  return Violation.restore({ ...known, ...none, id, timestamp: at, version, createdAt: at, updatedAt: at });
};

describe('the queue of violations', () => {
  let rows: EventRows;
  let queue: ViolationQueueService;
  const as = <T>(actor: string, work: () => Promise<T>) => runInCall({ requestId: 'r', actor }, work);
  beforeEach(() => {
    rows = new EventRows();
    rows.violations = [violation(1, 300), violation(2, 290), violation(3, 10, 4)];
    queue = new ViolationQueueService(new InMemoryViolationQueue(rows), new InMemoryViolations(rows), () => NOW);
  });

  it('decides each item by itself, and says of each what became of it', async () => {
    const items = [
      { id: 1, version: 1, status: 'confirmed', notes: 'seen' },
      { id: 3, version: 1, status: 'confirmed' },
      { id: 99, version: 1, status: 'confirmed' },
      { id: 2, version: 1, status: 'nonsense' },
    ];
    const { ok, results } = await as('li', () => queue.setItems({ items }));
    expect(ok).toBe(false);
    expect(results.map((each) => [each.id, each.ok, each.code, each.violation?.version])).toEqual([
      [1, true, null, 2],
      [3, false, 'violation.changed', 4],
      [99, false, 'violation.not_found', undefined],
      [2, false, 'violation.invalid', 1],
    ]);
    expect(rows.violations[0]?.fields).toMatchObject({ status: 'confirmed', handledBy: 'li', notes: 'seen' });
    await expect(
      queue.setItems({ items: [{ id: 'x', version: 1, status: 'confirmed' } as never] }),
    ).rejects.toMatchObject({
      code: 'violation.invalid',
    });
  });

  it('shows groups, and who looks at them', async () => {
    expect(await as('wang', () => queue.claim({ violation_ids: [1], release: false }))).toEqual({
      ok: true,
      claimed_by: 'wang',
      expires_at: '2030-01-01T00:00:30.000Z',
      held: [],
    });
    const { groups, more } = await queue.groups({ order: 'oldest', limit: 1 });
    expect([groups[0]?.violation_ids, groups[0]?.claimed_by, more]).toEqual([[1, 2], 'wang', true]);
    const { held } = await as('li', () => queue.claim({ violation_ids: [1, 2], release: false }));
    expect(held).toEqual([{ violation_id: 1, claimed_by: 'wang', expires_at: '2030-01-01T00:00:30.000Z' }]);
    await as('wang', () => queue.claim({ violation_ids: [1], release: true }));
    expect((await as('li', () => queue.claim({ violation_ids: [1], release: false }))).held).toEqual([]);
  });

  it('counts', async () => {
    expect(await queue.counts({ by: 'status', camera_id: 'gate' })).toEqual({
      by: 'status',
      counts: { pending: 3 },
      total: 3,
    });
  });
});
