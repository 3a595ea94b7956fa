import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Database } from '../../src/infrastructure/postgres/database';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { Lead, type LeaseRules, type LeaseSeen } from '../../src/infrastructure/postgres/lead';
import { type Member, PgMembership } from '../../src/infrastructure/postgres/pg-membership';
import { thisProcess } from '../../src/infrastructure/system/process-identity';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const PATIENT: LeaseRules = { silentMs: 1e9, nearMs: 1e9 };

describe('what only one service of a site does', () => {
  let postgres: TestDatabase;
  let cable: Cable;
  let behindCable: string;
  let happened: string[];
  const members: PgMembership[] = [];
  const connections: DedicatedConnection[] = [];
  beforeEach(async () => {
    postgres = await createTestDatabase();
    const database = new Database(postgres.url, () => undefined);
    await database.open();
    await database.close();
    cable = new Cable(postgres.url);
    behindCable = await cable.open();
    happened = [];
  });
  afterEach(async () => {
    cable.silent = false;
    cable.refusing = false;
    for (const member of members.splice(0)) await member.stop();
    for (const connection of connections.splice(0)) await connection.stop();
    cable.close();
    await postgres.drop();
  });

  async function join(name: string, more: Partial<Member> & { readonly url?: string } = {}): Promise<PgMembership> {
    const { url = postgres.url, ...others } = more;
    const me = { id: randomUUID(), name, ...thisProcess(), place: 'here', file: 'file', filePath: '/f', ...others };
    const connection = new DedicatedConnection(url, rememberingLog());
    connections.push(connection);
    const member = new PgMembership(connection, me, rememberingLog());
    await member.join();
    members.push(member);
    return member;
  }

  const lead = (member: PgMembership, name: string, rules: LeaseRules) =>
    member.lead(
      'work',
      {
        take: async () => void happened.push(`${name} takes`),
        leave: async (near) => void happened.push(`${name} leaves${near ? ' to a neighbour' : ''}`),
      },
      rules,
    );

  it('is done by the first, and by the second as soon as the first gives it back', async () => {
    const first = await lead(await join('first'), 'first', PATIENT);
    await lead(await join('second'), 'second', PATIENT);
    expect(happened).toEqual(['first takes']);
    await first.stop();
    await eventually(() => expect(happened).toEqual(['first takes', 'first leaves', 'second takes']));
  });

  it('is taken over at once from a process of this machine that has ended', async () => {
    const { pid } = spawnSync('true');
    const dead = await join('dead', { pid, started: '1' });
    await lead(dead, 'dead', PATIENT);
    const second = await join('second');
    await lead(second, 'second', PATIENT);
    expect(happened).toEqual(['dead takes', 'second takes']);
  });

  it('ends where it cannot be renewed before another machine begins with it, and is not begun again there', async () => {
    const rules = { silentMs: 5_000, nearMs: 1e9, fenceMs: 2_000 };
    await lead(await join('first', { url: behindCable, place: 'machine 1' }), 'first', rules);
    await lead(await join('second', { place: 'machine 2' }), 'second', rules);
    // The first has to know that there is another.
    for (let i = 0; i < 2; i++) {
      const before = await renewedAt(postgres.url);
      await eventually(async () => expect(await renewedAt(postgres.url)).not.toBe(before));
    }
    cable.silent = true;
    await eventually(() => expect(happened).toHaveLength(3), { within: 30_000 });
    expect(happened).toEqual(['first takes', 'first leaves', 'second takes']);
    cable.cut();
    cable.silent = false;
    const renewals = await epochOf(postgres.url);
    await eventually(async () => expect(await heardOf(postgres.url)).toBe(2), { within: 20_000 });
    expect(await epochOf(postgres.url)).toBe(renewals);
    expect(happened).toHaveLength(3);
  }, 180_000);

  it('goes on with whoever does it when all connections are lost, as in a restart of the database', async () => {
    const rules = { silentMs: 2_000, nearMs: 2_000, fenceMs: 60_000 };
    await lead(await join('first', { url: behindCable, place: 'machine 1' }), 'first', rules);
    await lead(await join('second', { url: behindCable, place: 'machine 2' }), 'second', rules);
    for (let i = 0; i < 3; i++) {
      cable.refusing = true;
      cable.cut();
      const from = performance.now();
      await eventually(() => performance.now() - from > 2_500, { within: 10_000 });
      cable.refusing = false;
      const before = await renewedAt(postgres.url);
      await eventually(async () => expect(await renewedAt(postgres.url)).not.toBe(before), { within: 20_000 });
    }
    expect(happened).toEqual(['first takes']);
  }, 180_000);

  it('is tried again when its beginning fails', async () => {
    const member = await join('first');
    let tries = 0;
    const leader = {
      take: async () => {
        tries += 1;
        if (tries < 2) throw new Error('not yet');
        happened.push('takes');
      },
      leave: async () => void happened.push('undone'),
    };
    await member.lead('work', leader, PATIENT);
    await eventually(() => expect(happened).toEqual(['undone', 'takes']));
  });
});

describe('a lease', () => {
  const rules = { silentMs: 30_000, nearMs: 8_000, fenceMs: 20_000 };
  const held = (more: Partial<LeaseSeen> = {}): LeaseSeen => ({
    name: 'work',
    holder: 'a',
    epoch: '1',
    renewed_at: 't1',
    ended: false,
    near: false,
    ...more,
  });
  const lead = () => {
    const done: string[] = [];
    const leader = {
      take: async () => void done.push('take'),
      leave: async (near: boolean) => void done.push(`leave ${near}`),
    };
    return { done, lead: new Lead('work', leader, rules, rememberingLog()) };
  };

  it('is taken when it was seen unchanged for long enough without a gap', () => {
    const { lead: it } = lead();
    const asked = Array.from({ length: 32 }, (_, s) => it.mayTake(held(), s * 1_000));
    expect(asked.indexOf(true)).toBe(31);
  });

  it('is taken sooner from a holder with the same folder', () => {
    const { lead: it } = lead();
    expect(Array.from({ length: 10 }, (_, s) => it.mayTake(held({ near: true }), s * 1_000)).indexOf(true)).toBe(9);
  });

  it('is looked at anew after a gap, for then its holder could not renew it either', () => {
    const { lead: it } = lead();
    for (let s = 0; s <= 29; s++) expect(it.mayTake(held(), s * 1_000)).toBe(false);
    expect(it.mayTake(held(), 60_000)).toBe(false);
    expect(it.mayTake(held(), 62_000)).toBe(false);
  });

  it.each([
    ['given back', held({ holder: null })],
    ['of a process that has ended', held({ ended: true })],
    ['of nobody', undefined],
  ])('is taken at once when it is %s', (_, lease) => {
    expect(lead().lead.mayTake(lease, 0)).toBe(true);
  });

  it('that cannot be renewed is ended only where somebody else could take it', async () => {
    for (const [elsewhere, done] of [
      [false, ['take']],
      [true, ['take', 'leave false']],
    ] as const) {
      const one = lead();
      one.lead.renewed(1_000, elsewhere);
      one.lead.fence(20_000);
      await one.lead.settled();
      expect(one.done).toEqual(['take']);
      one.lead.fence(21_001);
      await one.lead.settled();
      expect(one.done).toEqual(done);
    }
  });

  it('is begun again when it is renewed after all', async () => {
    const { done, lead: it } = lead();
    it.renewed(0, true);
    it.fence(21_000);
    it.renewed(30_000, true);
    await it.settled();
    it.lost(true);
    await it.settled();
    expect(done.at(-1)).toBe('leave true');
    expect(done.filter((d) => d === 'take').length).toBeGreaterThan(0);
  });
});

async function asked(url: string, sql: string): Promise<unknown> {
  const database = new Database(url, () => undefined);
  await database.open();
  try {
    const [row] = await database.query<{ value: unknown }>(sql, []);
    return row?.value;
  } finally {
    await database.close();
  }
}

const heardOf = (url: string) =>
  asked(url, `SELECT count(*)::int AS value FROM site_services WHERE heartbeat_at > now() - interval '2 seconds'`);
const epochOf = (url: string) => asked(url, 'SELECT epoch AS value FROM site_leases');
const renewedAt = (url: string) => asked(url, 'SELECT renewed_at::text AS value FROM site_leases');
