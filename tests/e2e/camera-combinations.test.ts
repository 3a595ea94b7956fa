import { resolve } from 'node:path';
import { CameraSite, isAlive } from '../support/camera-site';
import { eventually } from '../support/eventually';

const DETECTOR_COMMAND = JSON.stringify([process.execPath, resolve('dist/tests/support/fake-detector.js')]);

interface Combination {
  readonly id: string;
  readonly active: boolean;
  readonly autoStart: boolean;
  /** What people asked for, in this order. */
  readonly asked: readonly ('start' | 'stop')[];
}

const ASKED = [[], ['start'], ['stop'], ['stop', 'start']] as const;
const COMBINATIONS: readonly Combination[] = [true, false].flatMap((active) =>
  [true, false].flatMap((autoStart) =>
    ASKED.map((asked) => ({ id: ['c', active, autoStart, ...asked].join('-'), active, autoStart, asked })),
  ),
);

const file = (flags: (camera: Combination) => string) =>
  `cameras:\n${COMBINATIONS.map((c) => `  - {id: ${c.id}, name: n, source: '0', ${flags(c)}}\n`).join('')}`;

/** As ADR 8 says: never while inactive, else what was asked for last, and where nobody asked, `auto_start`. */
const shouldRun = ({ active, autoStart, asked }: Combination): boolean =>
  active && (asked.length === 0 ? autoStart : asked.at(-1) === 'start');
const EXPECTED = Object.fromEntries(COMBINATIONS.map((c) => [c.id, shouldRun(c)]));

describe('all 16 combinations of active, auto_start and what was asked for', () => {
  let site: CameraSite;

  beforeAll(async () => {
    site = await CameraSite.start(
      file(() => 'active: true'),
      { DETECTOR_COMMAND },
    );
    for (const { id, asked } of COMBINATIONS)
      for (const command of asked)
        expect(await site.call('POST', `/cameras/${id}/${command}`)).toMatchObject({ status: 200 });
    site.write(file((c) => `active: ${c.active}, auto_start: ${c.autoStart}`));
    await site.call('POST', '/cameras/refresh');
  }, 180_000);
  afterAll(() => site.remove());

  const asDocumented = () =>
    eventually(
      async () => {
        const all = Object.entries(await site.statuses());
        expect(Object.fromEntries(all.map(([id, { running }]) => [id, running]))).toEqual(EXPECTED);
        expect(all.map(([, s]) => s.desired_state === 'running')).toEqual(all.map(([id]) => EXPECTED[id]));
        expect(all.filter(([, { state }]) => state !== 'running' && state !== 'stopped')).toEqual([]);
      },
      { within: 20_000 },
    );

  it('are as documented', asDocumented, 30_000);

  it('are so after a crash of the service, by the same processes', async () => {
    const before = await site.statuses();
    await site.folder.kill();
    await site.startAgain();
    await asDocumented();
    const pids = (all: Awaited<ReturnType<CameraSite['statuses']>>) => Object.values(all).map(({ pid }) => pid);
    expect(pids(await site.statuses())).toEqual(pids(before));
  }, 180_000);

  it('are so after a clean restart, which ends all of them', async () => {
    const pids = Object.values(await site.statuses()).flatMap(({ pid }) => (pid > 0 ? [pid] : []));
    await site.service.end('SIGTERM');
    expect(pids.filter((pid) => isAlive(pid))).toEqual([]);
    await site.startAgain();
    await asDocumented();
  }, 180_000);
});
