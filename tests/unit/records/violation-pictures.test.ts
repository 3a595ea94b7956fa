import { ViolationCapturer, ViolationPictureService } from '../../../src/application/records/violation-pictures';
import { Violation } from '../../../src/domain/records/violation';
import { EventRows, InMemoryViolations } from '../../support/in-memory-events';
import { InMemoryCaptures } from '../../support/in-memory-captures';
import { rememberingLog } from '../../support/quiet-log';

const AT = new Date('2030-01-01T00:00:05Z');
const violation = (id: number, at = AT, snapshotPath: string | null = null) =>
  Violation.restore({
    id,
    cameraId: 'gate',
    timestamp: at,
    violationType: 'no_hairnet',
    trackId: 1,
    confidence: 0.9,
    status: 'pending',
    snapshotPath,
    bbox: null,
    handledAt: null,
    handledBy: null,
    notes: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });

describe('the pictures of a violation', () => {
  let now: Date;
  let rows: EventRows;
  let pictures: Map<number, Uint8Array>;
  let captures: InMemoryCaptures;
  let capturer: ViolationCapturer;
  let service: ViolationPictureService;
  const log = rememberingLog();
  const take = (after: number) => pictures.set(AT.getTime() + after, Buffer.from(`${after}`));
  const at = (after: number) => {
    now = new Date(AT.getTime() + after);
    return capturer.look();
  };
  const shown = async (id: number) =>
    String(Buffer.from((await service.picture({ violation_id: id })).body as Uint8Array));

  beforeEach(() => {
    rows = new EventRows();
    pictures = new Map();
    captures = new InMemoryCaptures(new Map([['gate', pictures]]));
    const store = new InMemoryViolations(rows);
    capturer = new ViolationCapturer(store, captures, () => now, log);
    service = new ViolationPictureService(store, captures);
    rows.violations = [violation(1)];
    for (let after = -3_000; after <= 100; after += 200) take(after);
  });

  it('is the one of its moment at once, and a strip a little later', async () => {
    expect(await at(300)).toBe(true);
    expect(await shown(1)).toBe('0');
    expect(rows.violations[0]?.fields).toMatchObject({ snapshotPath: 'captures/1', version: 1 });
    for (let after = 200; after <= 3_000; after += 200) take(after);
    expect(await at(1_000)).toBe(true);
    expect(await at(2_600)).toBe(false);
    pictures.clear();
    expect(await at(3_000)).toBe(false);
    const { frames } = await service.strip({ violation_id: 1 });
    expect(frames.map(({ offset_ms }) => offset_ms)).toEqual(Array.from({ length: 21 }, (_, i) => -2_000 + i * 200));
    const one = frames[3]!;
    expect(one.href).toBe(`/api/v1/records/violations/1/picture?at=${one.at}`);
    expect(String(Buffer.from((await service.picture({ violation_id: 1, at: one.at })).body as Uint8Array))).toBe(
      '-1400',
    );
  });

  it('leaves the path that a detector gave', async () => {
    rows.violations = [violation(1, AT, 'captures/of/detector.jpg')];
    await at(300);
    expect(rows.violations[0]?.fields.snapshotPath).toBe('captures/of/detector.jpg');
    expect(await shown(1)).toBe('0');
  });

  it('is none for an event that comes too late, and the answer says so', async () => {
    expect(await at(60_000)).toBe(false);
    await expect(service.picture({ violation_id: 1 })).rejects.toMatchObject({ code: 'violation.no_picture' });
    await expect(service.picture({ violation_id: 9 })).rejects.toMatchObject({ code: 'violation.not_found' });
    expect(await service.strip({ violation_id: 1 })).toEqual({ violation_id: 1, frames: [] });
  });

  it('is refused by a full disk, which is said once, and kept again afterwards', async () => {
    captures.refusal = 'only 1 % of the disk is free';
    expect(await at(300)).toBe(true);
    expect(await at(400)).toBe(true);
    expect(capturer.trouble).toBe('only 1 % of the disk is free');
    expect(log.lines.filter((line) => line.includes('cannot be kept'))).toHaveLength(1);
    captures.refusal = undefined;
    await at(500);
    expect([capturer.trouble, await shown(1)]).toEqual([undefined, '0']);
  });
});
