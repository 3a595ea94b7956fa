import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { siteForEach } from '../support/own-site';
import { call } from '../support/service-run';

const SEED = path.resolve(__dirname, '../../dist/bench/seed.js');
const run = promisify(execFile);

const READS = [
  '/statistics/daily?days=3',
  '/statistics/events',
  '/events/recent?limit=100',
  '/records/violations?limit=50',
  '/records/statistics/summary?period=7d',
];

describe('npm run seed', () => {
  const own = siteForEach();

  it('fills tables and journal, so that both paths answer the same', async () => {
    const logs = path.join(own.site.dir, 'logs');
    const env = { PATH: process.env.PATH, DATABASE_URL: own.database.url, LOG_DIR: logs };
    const { stdout } = await run(process.execPath, [SEED, '--events', '3000', '--cameras', '4', '--days', '2'], {
      env,
    });
    expect(stdout).toMatch(/3,000 of 3,000 events/);
    expect(readdirSync(logs).filter((name) => name.includes('seed'))).toEqual([
      expect.stringMatching(/^events_record-seeded-\d+\.jsonl$/),
    ]);
    const url = await own.site.start({ DATABASE_URL: own.database.url, LOG_DIR: logs }).ready();
    const of = async (where: string, domain: boolean) => {
      const { status, body } = await call(
        url,
        'GET',
        `${where}${where.includes('?') ? '&' : '?'}force_domain=${domain}`,
      );
      expect(status).toBe(200);
      // The window of the statistics ends at each call's own now.
      return { ...(body as object), start_time: 0, end_time: 0 };
    };
    const events = [];
    for (const read of READS) {
      const [legacy, domain] = [await of(read, false), await of(read, true)];
      expect({ read, answer: legacy }).toEqual({ read, answer: domain });
      events.push(JSON.stringify(domain).length);
    }
    expect(Math.min(...events)).toBeGreaterThan(100);
    const { body } = await call(url, 'GET', '/statistics/daily?days=3&force_domain=false');
    expect(JSON.stringify(body)).toMatch(/cam-\d|total_events":[1-9]/);
  });
});
