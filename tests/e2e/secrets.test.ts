import request from 'supertest';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpApplication, httpServer } from '../../src/api/http/application';
import { createLog } from '../../src/infrastructure/logging/logger';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { accessOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const API = '/api/v1/cameras';
const SECRETS = [
  'plain1secret',
  'p@ss2secret',
  'a:b3secret',
  'w/x#4secret',
  '%40pc5secret',
  'query6secret',
  'env7secret',
  'nested8secret',
  'comment9secret',
];
const YAML = `cameras:
  # before: rtsp://admin:comment9secret@10.0.0.9/live
  - {id: c1, name: One, source: 'rtsp://admin:plain1secret@10.0.0.1/live'}
  - {id: c2, name: Two, source: 'rtsp://admin:p@ss2secret@10.0.0.2/live'}
  - {id: c3, name: Three, source: 'rtsp://admin:a:b3secret@10.0.0.3/live'}
  - {id: c4, name: Four, source: 'rtsp://admin:w/x#4secret@10.0.0.4/live'}
  - {id: c5, name: Five, source: 'rtsp://admin:%40pc5secret@10.0.0.5/live'}
  - {id: c6, name: Six, source: 'http://10.0.0.6/video?user=x&password=query6secret&w=640'}
  - id: c7
    name: Seven
    source: '0'
    env: {REDIS_PASSWORD: env7secret}
    metadata: {vms: {api_token: nested8secret}}
`;

describe('secrets of cameras', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let logs: string;
  const said: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    logs = mkdtempSync(join(tmpdir(), 'watchgate-logs-'));
    site = await testSite({ databaseUrl: database.url, yaml: YAML });
    await site.modules.cameras.configuration.reconcile();
    const log = createLog({ level: 'debug', json: true, dir: logs });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    server = httpServer(httpApplication(site.modules.operations, { log, ...accessOf(site) }), log).listen(
      0,
      '127.0.0.1',
    );
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    server.close();
    await site.close();
    await database.drop();
    rmSync(logs, { recursive: true, force: true });
  });

  const bodyOf = async (verb: 'get' | 'put' | 'post' | 'delete', path: string, body?: object) => {
    const response = await request(server)[verb](`${API}${path}`).send(body);
    return JSON.stringify([response.headers, response.body, response.text]);
  };

  it('never appear in an answer, an error, a revision or a log', async () => {
    const seen: string[] = [];
    for (const force of ['true', 'false']) {
      seen.push(await bodyOf('get', `?force_domain=${force}`));
      for (let i = 1; i <= 7; i++) seen.push(await bodyOf('get', `/c${i}?force_domain=${force}`));
      seen.push(
        await bodyOf('put', `/c1?force_domain=${force}`, { name: `new ${force}`, fps: 'x', source: `-${SECRETS[0]}` }),
      );
      seen.push(await bodyOf('put', `/c2?force_domain=${force}`, { name: `new ${force}` }));
      seen.push(
        await bodyOf('post', `?force_domain=${force}`, { id: 'c1', name: 'x', source: `rtsp://u:${SECRETS[1]}@h/` }),
      );
      site.write(site.text().replace('10.0.0.3/live', `10.0.0.3/${force}`));
      seen.push(await bodyOf('put', `/c3?force_domain=${force}`, { source: `rtsp://u:${SECRETS[2]}@elsewhere/` }));
    }
    site.write(site.text().replace('w/x#4secret', 'w/x#4secret-changed'));
    await site.modules.cameras.configuration.reconcile();
    const { body } = await request(server).get(`${API}/config/revisions?limit=100`);
    for (let n = 1; n <= body.total; n++) seen.push(await bodyOf('get', `/config/revisions/${n}`));
    const good = site.text();
    site.write(`${good}  - {id: c1, name: nested8secret, source: 'rtsp://admin:plain1secret@x/'}\n  - [env7secret\n`);
    seen.push(await bodyOf('get', '/config'), await bodyOf('put', '/c1', { fps: 3 }));
    site.write(good);
    const stage = jest.spyOn(site.modules.cameras.file, 'stage');
    stage.mockRejectedValue(new Error(`cannot open rtsp://admin:${SECRETS[1]}@10.0.0.2/live`));
    seen.push(await bodyOf('put', '/c1?force_domain=true', { fps: 3 }));
    stage.mockRestore();
    await eventually(
      () =>
        readdirSync(logs).length > 0 && readFileSync(join(logs, 'watchgate.log'), 'utf8').includes('a request failed'),
    );
    const everything = [
      ...seen,
      ...said,
      ...readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8')),
    ].join('\n');
    expect(seen.length).toBeGreaterThan(30);
    for (const secret of SECRETS) expect([secret, everything.includes(secret)]).toEqual([secret, false]);
  });

  it('stay as they are when their masked form is sent back', async () => {
    const before = site.text();
    const { body } = await request(server).get(API).expect(200);
    for (const camera of body.cameras) await request(server).put(`${API}/${camera.id}`).send(camera).expect(200);
    expect(site.text()).toBe(before);
  });
});
