import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_STEPS } from '../../src/application/cameras/config-steps';
import { startSharedServer, stopSharedServer } from '../support/shared-server';
import { createTestDatabase } from '../support/test-database';
import { CRASH_OPERATIONS } from './crash-operations';
import { crashTrial } from './crash-trial';

/** `npm run test:crash`: every step of every operation; prints a table of points × outcomes. */
async function main(): Promise<void> {
  process.env.TEST_DATABASE_URL ||= await startSharedServer();
  const counts = { before: 0, after: 0, unreached: 0, broken: 0 };
  const trials = CRASH_OPERATIONS.flatMap((operation) => CONFIG_STEPS.map((step) => ({ operation, step })));
  const next = trials.values();
  const lane = async () => {
    const database = await createTestDatabase();
    const dir = mkdtempSync(join(tmpdir(), 'watchgate-crash-'));
    for (const trial of next) {
      const outcome = await crashTrial(trial, database.url, dir).catch((error: unknown) => String(error));
      if (outcome === 'before' || outcome === 'after' || outcome === 'unreached') counts[outcome] += 1;
      else counts.broken += 1;
      process.stdout.write(`${trial.operation.padEnd(14)} ${trial.step.padEnd(18)} ${outcome}\n`);
    }
    rmSync(dir, { recursive: true, force: true });
    await database.drop();
  };
  await Promise.all([lane(), lane()]);
  await stopSharedServer();
  const points = counts.before + counts.after + counts.broken;
  process.stdout.write(
    `\n${points} points at which the process was killed (${counts.unreached} steps that an operation does not have)\n` +
      `after restart: ${counts.before} as before, ${counts.after} as after, ${counts.broken} broken\n`,
  );
  process.exitCode = counts.broken === 0 ? 0 : 1;
}

void main();
