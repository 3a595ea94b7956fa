import {
  Violation,
  type ViolationFields,
  readHandling,
  violationStatuses,
} from '../../../src/domain/records/violation';

const NOW = new Date('2026-01-05T08:00:00Z');
const later = new Date('2026-01-05T09:00:00Z');

const violation = (fields: Partial<ViolationFields> = {}): Violation =>
  Violation.restore({
    id: 7,
    cameraId: 'cam1',
    timestamp: NOW,
    violationType: 'no_hairnet',
    trackId: null,
    confidence: null,
    status: 'pending',
    snapshotPath: null,
    bbox: null,
    handledAt: null,
    handledBy: null,
    notes: null,
    version: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  });

describe('a violation', () => {
  it('is handled: who and when, one version further', () => {
    const handled = violation().handle({ status: 'confirmed', notes: 'seen', handledBy: 'li' }, later);
    expect(handled.fields).toEqual({
      ...violation().fields,
      status: 'confirmed',
      notes: 'seen',
      handledBy: 'li',
      handledAt: later,
      version: 2,
      updatedAt: later,
    });
  });

  it.each(violationStatuses.flatMap((from) => violationStatuses.map((to) => [from, to] as const)))(
    'may go from %s to %s',
    (status, to) => {
      expect(violation({ status }).handle({ status: to }, later).fields.status).toBe(to);
    },
  );

  it('keeps notes, name and the moment when it was first handled, unless others are given', () => {
    const known = violation({ status: 'confirmed', notes: 'n', handledBy: 'li', handledAt: NOW });
    const { fields } = known.handle({ status: 'resolved', notes: 'm' }, later);
    expect(fields).toMatchObject({ notes: 'm', handledBy: 'li', handledAt: NOW, status: 'resolved' });
  });

  it('is not handled any more once it is pending again', () => {
    const known = violation({ status: 'confirmed', handledBy: 'li', handledAt: NOW });
    expect(known.handle({ status: 'pending' }, later).fields).toMatchObject({ handledAt: null, handledBy: 'li' });
  });

  it('refuses a decision that was made on another version', () => {
    const known = violation({ version: 3 });
    expect(known.handle({ status: 'resolved', version: 3 }, later).fields.version).toBe(4);
    expect(() => known.handle({ status: 'resolved', version: 2 }, later)).toThrow(
      expect.objectContaining({
        code: 'violation.changed',
        details: { params: { id: 7, stored: 3, sent: 2 }, extra: { version: 3 } },
      }),
    );
  });
});

describe('what is sent about a violation', () => {
  it('is read, without what was not sent', () => {
    expect(readHandling({ status: 'resolved' })).toEqual({ status: 'resolved' });
    const all = { status: 'pending', notes: 'n', handled_by: 'li', version: 2 };
    expect(readHandling(all)).toEqual({ status: 'pending', notes: 'n', handledBy: 'li', version: 2 });
  });

  it('is refused with every fault', () => {
    const wrong = { status: 'maybe', notes: 'x'.repeat(2_001), handled_by: 'x'.repeat(101) };
    expect(() => readHandling(wrong)).toThrow(
      expect.objectContaining({
        code: 'violation.invalid',
        details: {
          faults: [
            expect.objectContaining({ path: ['status'] }),
            expect.objectContaining({ path: ['notes'] }),
            expect.objectContaining({ path: ['handled_by'] }),
          ],
        },
      }),
    );
  });
});
