import { MonitoringService } from '../../../src/application/monitoring/monitoring-service';
import type { HealthProbe, ProbeResult } from '../../../src/application/monitoring/probes';
import { Unavailable } from '../../../src/domain/shared/domain-error';
import { rememberingLog } from '../../support/quiet-log';

const NOW = new Date('2030-01-01T00:00:00Z');
const probe = (name: string, check: () => Promise<ProbeResult>): HealthProbe => ({ name, check });
const fine = probe('fine', async () => ({ status: 'ok', details: { n: 1 } }));
const away = probe('database', async () => {
  throw new Unavailable('database.unavailable', 'The database is away.', 'not-started');
});

function monitoring(probes: readonly HealthProbe[], needed: readonly HealthProbe[] = []) {
  const log = rememberingLog();
  const metrics = { read: () => Promise.reject(new Error('of no matter here')) };
  return { log, service: new MonitoringService(probes, needed, metrics, () => NOW, log) };
}

describe('the health of the service', () => {
  it('is good while all its parts are', async () => {
    expect(await monitoring([fine]).service.health()).toEqual({
      status: 'healthy',
      timestamp: NOW.toISOString(),
      checks: { fine: 'ok', fine_details: { n: 1 } },
      parts: [{ name: 'fine', status: 'ok', since: NOW.toISOString(), detail: null, remedy: null }],
    });
  });

  it('says of each part since when it is so, what is wrong, and what to do', async () => {
    let [now, works] = [NOW, false];
    const disk = probe('disk', async () => (works ? { status: 'ok' } : { status: 'degraded', error: 'full' }));
    const metrics = { read: () => Promise.reject(new Error('of no matter here')) };
    const service = new MonitoringService([disk], [], metrics, () => now, rememberingLog());
    const part = async () => (await service.health()).parts[0];
    await part();
    now = new Date(NOW.getTime() + 60_000);
    expect(await part()).toEqual({
      name: 'disk',
      status: 'degraded',
      since: NOW.toISOString(),
      detail: 'full',
      remedy: 'Make room on the disk of DATA_DIR and LOG_DIR.',
    });
    works = true;
    expect(await part()).toMatchObject({ status: 'ok', since: now.toISOString(), remedy: null });
  });

  it('is degraded by one part, and says why in words that are meant for people', async () => {
    const secret = probe('disk', async () => {
      throw new Error('EACCES /home/li/secret');
    });
    const { service, log } = monitoring([fine, away, secret]);
    expect(await service.health()).toMatchObject({
      status: 'degraded',
      checks: {
        fine: 'ok',
        database: 'error',
        database_error: 'The database is away.',
        disk_error: 'failed, see the log',
      },
    });
    expect(log.lines.join()).toContain('/home/li/secret');
  });

  it('calls the consistency of the cameras by its old name', async () => {
    const issues = ['a is in the file only.'];
    const consistency = probe('camera_data_consistency', async () => ({
      status: 'inconsistent',
      details: { issues, db_count: 1 },
    }));
    const { checks } = await monitoring([consistency]).service.health();
    expect(checks).toEqual({
      camera_data_consistency: 'inconsistent',
      consistency_issues: issues,
      consistency_details: { db_count: 1 },
    });
  });

  it('gives every part with its result', async () => {
    const parts = await monitoring([fine, away]).service.parts();
    expect([...parts].map(([name, { status }]) => [name, status])).toEqual([
      ['fine', 'ok'],
      ['database', 'error'],
    ]);
  });

  it('names what is needed and fails, whatever else does', async () => {
    expect(await monitoring([away], [fine]).service.missing()).toEqual([]);
    const silent = probe('schema', async () => ({ status: 'degraded' }));
    expect(await monitoring([], [fine, away, silent]).service.missing()).toEqual([
      'database: The database is away.',
      'schema: failed',
    ]);
  });

  it('does not wait for a part that hangs', async () => {
    jest.useFakeTimers();
    try {
      const hanging = probe('disk', () => new Promise(() => undefined));
      const asked = monitoring([fine, hanging]).service.health();
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await asked).toMatchObject({ checks: { fine: 'ok', disk: 'error', disk_error: 'timed out' } });
    } finally {
      jest.useRealTimers();
    }
  });
});
