import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';

const nameOf = async (client: Client): Promise<unknown> =>
  (await client.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name;

describe('a test database', () => {
  it('is empty, its own, and goes away although somebody is connected', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const client = new Client({ connectionString: one.url });
    const cut = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    expect(await nameOf(client)).toMatch(/^test_/);
    expect(one.url).not.toBe(two.url);

    await one.drop();
    await two.drop();
    await cut;
    await expect(new Client({ connectionString: one.url }).connect()).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('eventually', () => {
  it('returns what the check found at last', async () => {
    const answers = [null, 0, 'found'];
    expect(await eventually(() => answers.shift(), { every: 1 })).toBe('found');
  });

  it('tells at the deadline what it waited for and the last error', async () => {
    const never = eventually(() => Promise.reject(new Error('still shut')), {
      within: 5,
      exact: true,
      every: 1,
      what: 'the door open',
    });
    await expect(never).rejects.toThrow('Not within 5 ms: the door open. At last: still shut');
  });
});
