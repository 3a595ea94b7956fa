import type { AuditView, TokenList } from '../../src/application/access/access-service';
import { eventually } from '../support/eventually';
import { ACCOUNTS, BareSite } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call, with a token or without. */
async function ask(url: string, token: string | undefined, method: string, path: string, body?: object): Promise<Told> {
  const headers = token ? { authorization: `Bearer ${token}` } : undefined;
  const init = { method, ...(headers ? { headers } : {}), ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}${path}`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Told['body'] };
}

const DOOR = { id: 'door', name: 'Door', source: 'rtsp://u:geheim@127.0.0.1:1/x', active: false };

describe.each(ACCOUNTS)('on bare folders, as $name', (account) => {
  let site: BareSite;
  beforeEach(() => {
    site = new BareSite(account);
  });
  afterEach(() => site.remove());

  it('a service for other machines starts only when somebody can come in, and says how', async () => {
    const refused = await site.start({ HOST: '0.0.0.0' }).ended;
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/HOST=0\.0\.0\.0 .* npm run token -- create --role admin --name /);

    const made = await site.command(['create', '--role', 'admin', '--name', 'li']);
    expect(made).toMatchObject({ code: 0 });
    const token = /wgt_[\w-]+/.exec(made.output)?.[0];
    const url = await site.start({ HOST: '0.0.0.0' }).ready();
    expect((await ask(url, undefined, 'GET', '/api/v1/cameras')).status).toBe(401);
    expect((await ask(url, token, 'GET', '/api/v1/cameras')).status).toBe(200);
    expect((await ask(url, undefined, 'GET', '/health')).body).toEqual({ status: 'healthy' });
  });

  it('the command says what it needs', async () => {
    expect(await site.command([])).toMatchObject({ code: 2 });
    expect(await site.command(['create', '--role', 'root', '--name', 'li'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('role must be one of viewer, operator, admin'),
    });
    expect(await site.command(['revoke', 'none'])).toMatchObject({ code: 1 });
  });
});

describe('two services of one site', () => {
  let database: TestDatabase;
  let [one, other]: [BareSite, BareSite] = [new BareSite(), new BareSite()];
  let urls: string[];
  let admin: string;
  const settings = () => ({ HOST: '0.0.0.0', DATABASE_URL: database.url, CAMERAS_FILE: one.camerasFile });

  beforeEach(async () => {
    database = await createTestDatabase();
    [one, other] = [new BareSite(), new BareSite()];
    admin = await one.token('admin', 'li', { DATABASE_URL: database.url });
    urls = await Promise.all([one.start(settings()).ready(), other.start(settings()).ready()]);
  });
  afterEach(async () => {
    await Promise.all([one.remove(), other.remove()]);
    await database.drop();
  });
  const at = (i: number) => urls[i] ?? '';

  it('know a new token, and forget a revoked one, within two seconds', async () => {
    const made = await ask(at(0), admin, 'POST', '/api/v1/access/tokens', { name: 'wang', role: 'viewer' });
    const [secret, { id }] = [made.body.secret as string, made.body.token as { id: string }];
    expect((await ask(at(0), secret, 'GET', '/api/v1/cameras')).status).toBe(200);
    const status = async (i: number) => (await ask(at(i), secret, 'GET', '/api/v1/cameras')).status;
    await eventually(async () => expect(await status(1)).toBe(200), { within: 2_000 });

    expect(await one.command(['revoke', id], { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
    // 401, or 429 once it was tried too often.
    const refused = async () => expect(Math.min(await status(0), await status(1))).toBeGreaterThan(400);
    await eventually(refused, { within: 2_000, every: 200 });

    const { tokens } = (await ask(at(1), admin, 'GET', '/api/v1/access/tokens')).body as unknown as TokenList;
    expect(tokens.map((t) => [t.name, t.role, t.revoked_at !== null])).toEqual([
      ['wang', 'viewer', true],
      ['li', 'admin', false],
    ]);
    expect(JSON.stringify(tokens)).not.toMatch(/hash|wgt_/);
    const list = await one.command(['list'], { DATABASE_URL: database.url });
    expect(list.output).toMatch(new RegExp(`${id} +.*wang +.*viewer +.*revoked`));
  });

  it('tell who changed what, in the trail and where the change is kept', async () => {
    await ask(at(0), admin, 'POST', '/api/v1/cameras', DOOR);
    await ask(at(1), admin, 'PUT', '/api/v1/cameras/door?force_domain=true', { fps: 999 });
    await ask(at(1), admin, 'POST', '/api/v1/rollout/camera-config/pause');
    await ask(at(0), admin, 'POST', '/api/v1/cameras/batch-status');
    const entries = await eventually(async () => {
      const { body } = await ask(at(0), admin, 'GET', '/api/v1/access/audit?actor=li');
      const found = body.entries as AuditView[];
      expect(found).toHaveLength(3);
      return found;
    });
    const byOperation = new Map(entries.map((entry) => [entry.operation, entry]));
    const { revisions } = (await ask(at(0), admin, 'GET', '/api/v1/cameras/config/revisions')).body as {
      revisions: { number: number; author: string }[];
    };
    expect(revisions[0]?.author).toBe('li');
    expect(byOperation.get('cameras.create')).toMatchObject({
      actor: 'li',
      role: 'admin',
      status: 200,
      address: '127.0.0.1',
      input: { ...DOOR, source: 'rtsp://u:***@127.0.0.1:1/x' },
      changed: { revision: revisions[0]?.number },
    });
    expect(byOperation.get('cameras.update')).toMatchObject({ status: 400, input: { camera_id: 'door', fps: 999 } });
    expect(byOperation.get('rollout.pause')?.status).toBe(409);
  });

  it('lose nothing of the trail when they are stopped', async () => {
    for (let i = 0; i < 20; i += 1) await ask(at(0), admin, 'DELETE', `/api/v1/cameras/none-${i}`);
    await one.stop();
    const first = await ask(at(1), admin, 'GET', '/api/v1/access/audit?operation=cameras.remove&limit=15');
    const cursor = String(first.body.next_cursor);
    const rest = await ask(
      at(1),
      admin,
      'GET',
      `/api/v1/access/audit?operation=cameras.remove&limit=15&cursor=${cursor}`,
    );
    const ids = [...(first.body.entries as AuditView[]), ...(rest.body.entries as AuditView[])].map(
      (e) => e.input?.camera_id,
    );
    expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => `none-${19 - i}`));
    expect(rest.body.next_cursor).toBeNull();
  });

  it('make whoever guesses tokens wait, and nobody else', async () => {
    const guess = () => ask(at(0), `wgt_${'0'.repeat(16)}_${'a'.repeat(43)}`, 'GET', '/api/v1/cameras');
    const answers = [];
    for (let i = 0; i < 15; i += 1) answers.push(await guess());
    expect(answers.slice(0, 10).map((a) => a.status)).toEqual(Array(10).fill(401));
    const last = answers.at(-1);
    expect(last?.status).toBe(429);
    expect(last?.body).toMatchObject({ code: 'access.throttled' });
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(at(0), admin, 'GET', '/api/v1/cameras')).status).toBe(200);
  });
});

describe('a service for this machine only', () => {
  let site: BareSite;
  let database: TestDatabase;
  beforeEach(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
  });
  afterEach(async () => {
    await site.remove();
    await database.drop();
  });

  it('needs no token, and takes one at its word', async () => {
    const settings = { DATABASE_URL: database.url };
    const viewer = await site.token('viewer', 'wang', settings);
    const url = await site.start(settings).ready();
    expect((await ask(url, undefined, 'POST', '/api/v1/cameras', DOOR)).status).toBe(200);
    expect((await ask(url, viewer, 'GET', '/api/v1/cameras')).status).toBe(200);
    expect((await ask(url, viewer, 'DELETE', '/api/v1/cameras/door')).body.code).toBe('access.forbidden');
    expect((await ask(url, 'wrong', 'GET', '/api/v1/cameras')).status).toBe(401);
    const { entries } = (await ask(url, undefined, 'GET', '/api/v1/access/audit')).body as { entries: AuditView[] };
    expect(entries.map((e) => [e.operation, e.actor, e.status])).toEqual([
      ['cameras.remove', 'wang', 403],
      ['cameras.create', null, 200],
      ['access.createToken', 'command line', 200],
    ]);
  });
});
