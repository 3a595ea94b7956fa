import type { RecordsPort } from '../../src/application/records/records-port';
import { runInCall } from '../../src/application/shared/call-context';
import { eventLine, write } from '../support/events';
import { mediaText } from '../support/media-text';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const NOW = new Date('2026-05-04T12:30:00.000Z');
const now = NOW.getTime() / 1000;

const report = (ts: number, evidence: object, camera_id = 'cam1') =>
  eventLine({ ts, type: 'detection', camera_id, evidence });
const breach = (ts: number, fields: object = {}) => eventLine({ ts, type: 'NO_HAIRNET_AT_SINK', ...fields });

const LINES = [
  breach(now - 10, { evidence: { confidence: 0.91, bbox: [410, 122, 506, 362], snapshot_path: 'a/b.jpg' } }),
  breach(now - 20, { type: 'SKIP_DRYING', camera_id: 'cam2', track_id: null, evidence: null }),
  breach(now - 20, { evidence: { bbox: { x: 1, y: 2, width: 3, height: 4 } } }),
  breach(now - 30),
  report(now - 3_000, { frame_number: 7, person_count: 2, hairnet_violations: 1, fps: 10, processing_time: 0.1 }),
  report(now - 7_000, { person_count: 1, handwash_events: 4, fps: 20, processing_time: 0.2, confidence: 0.5 }),
  report(now - 3 * 86_400, { sanitize_events: 3, frames: 100, person_count: -1 }),
  report(now - 60, { person_count: 5 }, 'gone'),
];

describe.each(['domain', 'legacy'] as const)('records on the %s path', (path) => {
  let database: TestDatabase;
  let site: TestSite;
  let records: RecordsPort;
  const ids = async (status?: string) => {
    const { violations } = await records.violations({ limit: 50, offset: 0, ...(status ? { status } : {}) });
    return violations.map(({ id }) => id);
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, clock: () => NOW });
    const { modules } = site;
    await modules.cameras.configuration.reconcile();
    await modules.events.eventRetention.prepare();
    write(site.journal, ...LINES);
    await modules.events.ingestor.pass();
    records = path === 'domain' ? modules.events.records.domain : modules.events.records.legacy;
  });

  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  it('lists violations newest first, with the true total and every key', async () => {
    const { violations, ...page } = await records.violations({ limit: 2, offset: 0 });
    expect(page).toEqual({ total: 4, limit: 2, offset: 0, next_cursor: expect.any(String) });
    expect(violations[0]).toEqual({
      id: 1,
      camera_id: 'cam1',
      timestamp: '2026-05-04T12:29:50.000Z',
      violation_type: 'no_hairnet',
      track_id: 7,
      confidence: 0.91,
      status: 'pending',
      snapshot_path: 'a/b.jpg',
      bbox: { x: 410, y: 122, width: 96, height: 240 },
      handled_at: null,
      handled_by: null,
      notes: null,
      version: 1,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect((await records.violations({ limit: 2, offset: 2 })).violations.map(({ id }) => id)).toEqual([2, 4]);
  });

  it('filters by camera, status and type', async () => {
    const list = async (filter: object) => records.violations({ limit: 50, offset: 0, ...filter });
    expect(await list({ camera_id: 'cam2' })).toMatchObject({ total: 1, violations: [{ track_id: null, bbox: null }] });
    expect(await list({ violation_type: 'no_sanitize' })).toMatchObject({ total: 1 });
    expect(await list({ status: 'resolved' })).toMatchObject({ total: 0, violations: [], next_cursor: null });
  });

  it('goes on where the page before ended, whatever arrives meanwhile', async () => {
    const first = await records.violations({ limit: 2, offset: 0 });
    write(site.journal, breach(now - 1), breach(now - 2));
    await site.modules.events.ingestor.pass();
    const second = await records.violations({ limit: 2, offset: 0, cursor: String(first.next_cursor) });
    expect([...first.violations, ...second.violations].map(({ id }) => id)).toEqual([1, 3, 2, 4]);
    await expect(records.violations({ limit: 2, offset: 0, cursor: 'x' })).rejects.toMatchObject({
      code: 'violation.cursor_invalid',
    });
  });

  it('answers one violation, and not-found for an unknown one', async () => {
    expect(await records.violation({ violation_id: 3 })).toMatchObject({ id: 3, bbox: { width: 3 } });
    await expect(records.violation({ violation_id: 99 })).rejects.toMatchObject({ code: 'violation.not_found' });
  });

  it('changes what is given, says when it was handled, and leaves a trail', async () => {
    const call = { requestId: 'r-1', actor: 'li' };
    const confirm = { violation_id: 1, status: 'confirmed', notes: 'seen', handled_by: 'li' };
    expect(await runInCall(call, () => records.setStatus(confirm))).toEqual({
      ok: true,
      violation_id: 1,
      status: 'confirmed',
      version: 2,
    });
    await records.setStatus({ violation_id: 1, status: 'resolved' });
    expect(await records.violation({ violation_id: 1 })).toMatchObject({
      status: 'resolved',
      notes: 'seen',
      handled_by: 'li',
      handled_at: NOW.toISOString(),
      updated_at: NOW.toISOString(),
      version: 3,
    });
    await records.setStatus({ violation_id: 1, status: 'pending' });
    expect(await records.violation({ violation_id: 1 })).toMatchObject({ handled_at: null, notes: 'seen' });
    const { changes } = await records.changes({ violation_id: 1 });
    expect(changes).toHaveLength(3);
    expect(changes[0]).toEqual({
      at: NOW.toISOString(),
      actor: 'li',
      request_id: 'r-1',
      before: { status: 'pending', notes: null, handled_by: null, version: 1 },
      after: { status: 'confirmed', notes: 'seen', handled_by: 'li', version: 2 },
    });
  });

  it('refuses a change that was made on an older version, and changes nothing', async () => {
    await records.setStatus({ violation_id: 1, status: 'confirmed', version: 1 });
    const late = records.setStatus({ violation_id: 1, status: 'false_positive', version: 1 });
    await expect(late).rejects.toMatchObject({ kind: 'stale', code: 'violation.changed' });
    expect(await records.violation({ violation_id: 1 })).toMatchObject({ status: 'confirmed', version: 2 });
    expect((await records.changes({ violation_id: 1 })).changes).toHaveLength(1);
  });

  it('refuses an unknown violation, and a status that there is not, with every fault', async () => {
    await expect(records.setStatus({ violation_id: 99, status: 'resolved' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    const wrong = records.setStatus({ violation_id: 1, status: 'maybe', notes: 'x'.repeat(2_001) });
    await expect(wrong).rejects.toMatchObject({
      kind: 'invalid',
      details: { faults: [{ path: ['status'] }, { path: ['notes'] }] },
    });
  });

  it('changes many at once, and names those that there are not', async () => {
    const batch = { violation_ids: [4, 2, 77, 2], status: 'false_positive', handled_by: 'wang' };
    expect(await records.setStatuses(batch)).toEqual({ ok: true, updated: [2, 4], not_found: [77] });
    expect(new Set(await ids('false_positive'))).toEqual(new Set([2, 4]));
    expect(await ids('pending')).toEqual([1, 3]);
    expect((await records.changes({ violation_id: 4 })).changes).toHaveLength(1);
  });

  it('loses no change of twenty that come at once', async () => {
    const turns = Array.from({ length: 20 }, (_, i) =>
      records.setStatus({ violation_id: 1, status: i % 2 ? 'confirmed' : 'resolved' }),
    );
    const versions = (await Promise.all(turns)).map(({ version }) => version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect((await records.changes({ violation_id: 1 })).changes).toHaveLength(20);
  });

  it('sums the reports of a period by camera, cameras without any included', async () => {
    const { cameras, total, ...period } = await records.summary({ period: '7d' });
    expect(period).toEqual({
      period: '7d',
      start_time: '2026-04-27T12:30:00.000Z',
      end_time: '2026-05-04T12:30:00.000Z',
    });
    expect(Object.keys(cameras)).toEqual(['cam1', 'cam2', 'gone']);
    expect(cameras.cam1).toEqual({
      total_frames: 102,
      total_persons: 3,
      total_hairnet_violations: 1,
      total_handwash_events: 4,
      total_sanitize_events: 3,
      avg_fps: 15,
      avg_processing_time: 0.15,
    });
    expect(total).toMatchObject({ total_frames: 103, total_persons: 8 });
    expect(await records.summary({ period: '1d' })).toMatchObject({ total: { total_sanitize_events: 0 } });
    expect(await records.summary({ period: 'ever' })).toMatchObject({ period: 'ever', total: { total_frames: 103 } });
  });

  it('answers totals and analytics of one camera within its bounds', async () => {
    const of = { camera_id: 'cam1', period: '7d' };
    const { statistics } = await records.cameraStatistics(of);
    expect(statistics).toMatchObject({
      total_frames: 102,
      detection_count_24h: 2,
      average_confidence: 0.5,
      person_count: 3,
      camera_info: { id: 'cam1', name: '一号', resolution: '1920x1080', fps: '25 FPS', is_active: true },
      performance: {
        avg_processing_time: 0.15,
        max_processing_time: 0.2,
        min_processing_time: 0.1,
        fps_estimate: 6.666667,
      },
    });
    const bounds = { start_time: '2026-05-04T12:00:00', end_time: '2026-05-04T20:00:00+08:00' };
    expect(await records.cameraStatistics({ ...of, ...bounds })).toMatchObject({ statistics: { total_frames: 0 } });
    const until = { start_time: '2026-05-04T11:00:00', end_time: '2026-05-04T20:30:00+08:00' };
    expect(await records.cameraStatistics({ ...of, ...until })).toMatchObject({
      start_time: '2026-05-04T11:00:00.000Z',
      statistics: { total_frames: 1, total_hairnet_violations: 1 },
    });
    const unknown = await records.cameraStatistics({ camera_id: 'nobody', period: '1d' });
    expect(unknown.statistics).toMatchObject({ total_frames: 0, camera_info: null });
  });

  it('lists reports with a true total', async () => {
    const page = await records.detectionRecords({ camera_id: 'cam1', limit: 2, offset: 1 });
    expect(page).toMatchObject({ total: 3, limit: 2, offset: 1, camera_id: 'cam1' });
    expect(page.records).toMatchObject([
      { frame_number: 0, handwash_events: 4, fps: 20, processing_time: 0.2 },
      { sanitize_events: 3, fps: null, person_count: 0 },
    ]);
    expect(await records.detectionRecords({ camera_id: 'x', limit: 2, offset: 0 })).toMatchObject({ total: 0 });
  });

  it('exports what fits a filter as a table that no spreadsheet runs', async () => {
    await records.setStatus({ violation_id: 2, status: 'resolved', notes: '=1+1' });
    const text = await mediaText(await records.exportViolations({ status: 'resolved' }));
    const [head, row, ...more] = text.trimEnd().split('\r\n');
    expect(head).toBe(
      '\uFEFFid,time,camera_id,violation_type,status,track_id,confidence,handled_at,handled_by,notes,snapshot_path',
    );
    expect(row).toMatch(/^2,2026-05-04T12:29:40.000Z,cam2,no_sanitize,resolved,,,.*'=1\+1/);
    expect(more).toEqual([]);
  });

  it('says that the database answers', async () => {
    expect(await records.health({})).toEqual({ status: 'healthy', database: 'connected' });
  });
});
