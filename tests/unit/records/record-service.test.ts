import { RecordService } from '../../../src/application/records/record-service';
import type { CameraDirectory } from '../../../src/application/records/record-source';
import { type CallContext, runInCall } from '../../../src/application/shared/call-context';
import { Violation, type ViolationFields } from '../../../src/domain/records/violation';
import { EventRows, InMemoryDetectionReports, InMemoryViolations } from '../../support/in-memory-events';
import { mediaText } from '../../support/media-text';
import { Outage } from '../../support/outage';

const NOW = new Date('2030-01-08T12:30:00Z');
const seconds = NOW.getTime() / 1_000;
const CAMERAS: CameraDirectory = {
  ids: async () => ['cam1', 'cam2'],
  info: async (id) => (id === 'cam1' ? { id, name: 'One' } : undefined),
};

const violation = (id: number, more: Partial<ViolationFields> = {}) =>
  Violation.restore({
    id,
    cameraId: 'cam1',
    timestamp: new Date(NOW.getTime() - id * 1_000),
    violationType: 'no_hairnet',
    trackId: 7,
    confidence: 0.9,
    status: 'pending',
    snapshotPath: null,
    bbox: null,
    handledAt: null,
    handledBy: null,
    notes: null,
    version: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  });

describe('violations and detection reports', () => {
  let rows: EventRows;
  let reports: InMemoryDetectionReports;
  let outage: Outage;
  let records: RecordService;
  beforeEach(() => {
    [rows, outage] = [new EventRows(), new Outage()];
    reports = new InMemoryDetectionReports(rows);
    rows.violations = [1, 2, 3, 4].map((id) => violation(id));
    records = new RecordService(outage.over(new InMemoryViolations(rows)), outage.over(reports), CAMERAS, () => NOW);
  });
  const PAGE = { limit: 2, offset: 0 };

  it('lists violations by page, or from a cursor on', async () => {
    const first = await records.violations(PAGE);
    expect(first).toMatchObject({ total: 4, limit: 2, violations: [{ id: 1 }, { id: 2 }] });
    const second = await records.violations({ limit: 2, offset: 1, cursor: first.next_cursor ?? '' });
    expect(second.violations.map(({ id }) => id)).toEqual([3, 4]);
    const third = await records.violations({ ...PAGE, cursor: second.next_cursor ?? '' });
    expect(third).toMatchObject({ violations: [], next_cursor: null });
    await expect(records.violations({ ...PAGE, cursor: 'yesterday_x' })).rejects.toMatchObject({
      code: 'violation.cursor_invalid',
    });
  });

  it('changes a status with who did it and where that is kept', async () => {
    const context: CallContext = { requestId: 'r-1', actor: 'li' };
    const change = { violation_id: 2, status: 'confirmed', notes: 'seen', handled_by: 'li', version: 1 };
    expect(await runInCall(context, () => records.setStatus(change))).toEqual({
      ok: true,
      violation_id: 2,
      status: 'confirmed',
      version: 2,
    });
    expect(context.changed).toEqual({ violation_versions: { 2: 2 } });
    expect(await records.violation({ violation_id: 2 })).toMatchObject({
      handled_at: NOW.toISOString(),
      notes: 'seen',
    });
    expect((await records.changes({ violation_id: 2 })).changes).toMatchObject([
      { actor: 'li', request_id: 'r-1', before: { status: 'pending' }, after: { status: 'confirmed' } },
    ]);
    expect(await records.changes({ violation_id: 1 })).toEqual({ changes: [] });
  });

  it('refuses a change of an older version, an odd status, and what there is not', async () => {
    const change = { violation_id: 1, status: 'resolved' };
    await expect(records.setStatus({ ...change, version: 9 })).rejects.toMatchObject({ kind: 'stale' });
    await expect(records.setStatus({ ...change, status: 'odd' })).rejects.toMatchObject({ code: 'violation.invalid' });
    const unknown = { kind: 'not-found', code: 'violation.not_found' };
    await expect(records.setStatus({ ...change, violation_id: 99 })).rejects.toMatchObject(unknown);
    await expect(records.violation({ violation_id: 99 })).rejects.toMatchObject(unknown);
    await expect(records.changes({ violation_id: 99 })).rejects.toMatchObject(unknown);
    expect(await records.violation({ violation_id: 1 })).toMatchObject({ status: 'pending', version: 1 });
  });

  it('changes many at once, and names those that there are not', async () => {
    const many = { violation_ids: [3, 1, 99], status: 'false_positive' };
    expect(await records.setStatuses(many)).toEqual({ ok: true, updated: [1, 3], not_found: [99] });
  });

  it('exports more violations than one page of the store holds, each once', async () => {
    rows.violations = Array.from({ length: 2_001 }, (_, i) => violation(i + 1));
    const text = await mediaText(await records.exportViolations({ status: 'pending' }));
    const lines = text.trimEnd().split('\r\n');
    expect(new Set(lines.slice(1).map((line) => line.split(',')[0])).size).toBe(2_001);
    expect(lines).toHaveLength(2_002);
  });

  describe('reports', () => {
    const report = (cameraId: string, secondsAgo: number, more: object = {}) => ({
      id: `${cameraId} ${secondsAgo}`,
      ts: seconds - secondsAgo,
      cameraId,
      frameNumber: null,
      frames: 10,
      persons: 1,
      hairnetViolations: 0,
      handwashEvents: 0,
      sanitizeEvents: 0,
      confidence: null,
      fps: null,
      processingTime: null,
      ...more,
    });
    beforeEach(() => {
      rows.detections.push(
        report('cam1', 3_600, { fps: 10, processingTime: 0.1, confidence: 0.5 }),
        report('cam1', 7_200, { fps: 20, processingTime: 0.3, persons: 2 }),
        report('cam1', 3 * 86_400, { sanitizeEvents: 3 }),
        report('gone', 3_600),
      );
    });

    it('are summed by camera, those without any and those that are gone included', async () => {
      const { cameras, total, ...period } = await records.summary({ period: '1d' });
      expect(period).toEqual({
        period: '1d',
        start_time: '2030-01-07T12:30:00.000Z',
        end_time: NOW.toISOString(),
      });
      expect(Object.keys(cameras)).toEqual(['cam1', 'cam2', 'gone']);
      expect(cameras.cam1).toMatchObject({ total_frames: 20, total_persons: 3, avg_fps: 15, avg_processing_time: 0.2 });
      expect(cameras.cam2).toMatchObject({ total_frames: 0, avg_fps: 0 });
      expect(total).toMatchObject({ total_frames: 30, total_sanitize_events: 0 });
    });

    it('of one camera are told with their means, within the bounds that are given', async () => {
      const { statistics } = await records.cameraStatistics({ camera_id: 'cam1', period: '7d' });
      expect(statistics).toMatchObject({
        camera_info: { name: 'One' },
        total_frames: 30,
        detection_count_24h: 2,
        average_confidence: 0.5,
        performance: { min_processing_time: 0.1, max_processing_time: 0.3, fps_estimate: 5 },
      });
      const bounds = { start_time: '2030-01-08T10:00:00Z', end_time: '2030-01-08T11:00:00Z' };
      const within = await records.cameraStatistics({ camera_id: 'cam1', period: '7d', ...bounds });
      expect(within).toMatchObject({ start_time: '2030-01-08T10:00:00.000Z', statistics: { total_persons: 2 } });
      const nobody = await records.cameraStatistics({ camera_id: 'nobody', period: '7d' });
      expect(nobody.statistics).toMatchObject({ camera_info: null, total_frames: 0 });
    });

    it('are listed newest first with their number', async () => {
      const page = await records.detectionRecords({ camera_id: 'cam1', limit: 1, offset: 1 });
      expect(page).toMatchObject({ total: 3, records: [{ person_count: 2 }] });
    });
  });

  it('says whether the database answers, and refuses everything else while it does not', async () => {
    expect(await records.health()).toEqual({ status: 'healthy', database: 'connected' });
    reports.why = 'The database is away.';
    expect(await records.health()).toEqual({
      status: 'unhealthy',
      database: 'disconnected',
      error: 'The database is away.',
    });
    outage.away = true;
    const away = { code: 'database.unavailable' };
    await expect(records.violations(PAGE)).rejects.toMatchObject(away);
    await expect(records.setStatus({ violation_id: 1, status: 'resolved' })).rejects.toMatchObject(away);
    await expect(records.summary({ period: '1d' })).rejects.toMatchObject(away);
  });
});
