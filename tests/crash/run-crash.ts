import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_STEPS } from '../../src/application/shared/configuration-publication';
import { startSharedServer, stopSharedServer } from '../support/shared-server';
import { createTestDatabase } from '../support/test-database';
import { CRASH_OPERATIONS } from './crash-operations';
import { crashTrial } from './crash-trial';
import { FAULTS, WRITES, writeFaultTrial } from './write-fault-trial';

interface Trial {
  readonly name: string;
  run(databaseUrl: string, dir: string): Promise<string>;
}

const KILLS: readonly Trial[] = CRASH_OPERATIONS.flatMap((operation) =>
  CONFIG_STEPS.map((step) => ({
    name: `SIGKILL   ${operation.padEnd(14)} ${step}`,
    run: (databaseUrl: string, dir: string) => crashTrial({ operation, step }, databaseUrl, dir),
  })),
);

const WRITE_FAULTS: readonly Trial[] = FAULTS.flatMap((fault) =>
  WRITES.flatMap((write) =>
    CONFIG_STEPS.map((step) => ({
      name: `${fault.padEnd(9)} ${write.padEnd(14)} ${step}`,
      run: (databaseUrl: string) => writeFaultTrial({ write, step, fault }, databaseUrl),
    })),
  ),
);

const SUITES: Readonly<Record<string, readonly Trial[]>> = { kills: KILLS, writes: WRITE_FAULTS };

/** `npm run test:crash [-- kills|writes]`: every step of every change; prints points × outcomes. */
async function main(): Promise<void> {
  const [wanted] = process.argv.slice(2);
  const trials = wanted === undefined ? Object.values(SUITES).flat() : SUITES[wanted];
  if (!trials)
    throw new Error(`There is no suite "${wanted}": use ${Object.keys(SUITES).join(' or ')}, or none for all.`);
  process.env.TEST_DATABASE_URL ||= await startSharedServer();
  const counts = new Map<string, number>();
  const next = trials.values();
  const lane = async () => {
    const database = await createTestDatabase();
    const dir = mkdtempSync(join(tmpdir(), 'watchgate-crash-'));
    for (const trial of next) {
      const outcome = await trial.run(database.url, dir).catch((error: unknown) => `BROKEN: ${String(error)}`);
      const kind = outcome.startsWith('BROKEN') ? 'BROKEN' : outcome;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      process.stdout.write(`${trial.name.padEnd(44)} ${outcome}\n`);
    }
    rmSync(dir, { recursive: true, force: true });
    await database.drop();
  };
  await Promise.all([lane(), lane()]);
  await stopSharedServer();
  const points = trials.length - (counts.get('unreached') ?? 0);
  const outcomes = [...counts].filter(([kind]) => kind !== 'unreached').map(([kind, n]) => `${n} ${kind}`);
  process.stdout.write(
    `\n${points} points, ${trials.length - points} steps that a change does not have: ${outcomes.join(', ')}\n`,
  );
  process.exitCode = counts.has('BROKEN') ? 1 : 0;
}

void main();
