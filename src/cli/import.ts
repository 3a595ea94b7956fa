#!/usr/bin/env node
import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cameraSet } from '../application/cameras/camera-kind';
import { regionSet } from '../application/regions/region-kind';
import { seedRollout } from '../application/rollout/rollout-seeding';
import { journalOf } from '../composition/events';
import { readPlanFile } from '../composition/rollout';
import { type Site, createSite } from '../composition/site';
import { acceptedTimes } from '../domain/events/time-window';
import { withDatabaseUrl } from '@watchgate/embedded-postgres';
import { type Settings, readSettings } from '../infrastructure/environment/settings';
import { createLog } from '../infrastructure/logging/logger';
import { importDatabase } from '../infrastructure/old-installation/import-database';
import { importConfiguration, importJournal } from '../infrastructure/old-installation/import-files';
import type { PartReport } from '../infrastructure/old-installation/import-report';
import { OldTables } from '../infrastructure/old-installation/old-tables';

const HELP = `Usage: npm run import -- --from DIR [--database URL] [--zone ZONE] [--apply]
       OLD_DATABASE_URL=URL npm run import -- --from DIR …

Takes over an old installation: config/cameras.yaml, config/regions.json and logs/events_record.jsonl below DIR, and the
five tables of the database URL (in OLD_DATABASE_URL where it holds a password: others see the words of a command), whose times are those of ZONE (that of its server unless given).
Without --apply it only says what would be taken, what not, and why. Doing it again changes nothing.
Goes to this product's own database and files, set by the same variables as the service, which may run meanwhile.`;

const OPTIONS = {
  from: { type: 'string' },
  database: { type: 'string' },
  zone: { type: 'string' },
  apply: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface Wanted {
  readonly from: string;
  readonly database?: string;
  readonly zone?: string;
  readonly apply: boolean;
}

async function take(
  { platform, cameras, regions, events, rollout }: Site,
  settings: Settings,
  wanted: Wanted,
): Promise<PartReport[]> {
  const { from, database: url, zone, apply } = wanted;
  const { clock, database, log } = platform;
  await database.open();
  await events.eventRetention.prepare();
  const oldFile = (name: string) => join(from, 'config', name);
  const reports = [
    await importConfiguration(oldFile('cameras.yaml'), { ...cameras, edits: cameraSet, now: clock() }, !apply),
    await importConfiguration(oldFile('regions.json'), { ...regions, edits: regionSet, now: clock() }, !apply),
  ];
  if (url) {
    const old = await OldTables.open(url, zone);
    const oldest = new Date(acceptedTimes(clock(), settings.eventRetentionDays).from);
    try {
      reports.push(...(await importDatabase(database, old, { oldest, dryRun: !apply })));
    } finally {
      await old.close();
    }
  }
  const journal = {
    intake: events.intake,
    clock,
    log,
    retentionDays: settings.eventRetentionDays,
    violationTypes: url ? {} : settings.violationTypes,
    journal: journalOf(settings),
  };
  reports.push(await importJournal(join(from, 'logs/events_record.jsonl'), journal, !apply));
  // An imported installation has something to move away from; a site that runs already keeps the stored state.
  if (apply)
    await seedRollout(rollout.store, await readPlanFile(settings.rolloutFile), {
      origin: 'an old installation was imported',
    });
  return reports;
}

/** The list of processes shows the arguments of every command to every user of the machine. */
function oldDatabase(said: string | undefined, inEnvironment: string | undefined): string | undefined {
  if (said !== undefined && /^[a-z]+:\/\/[^/?#]*:[^/?#]*@|[?&]password=/i.test(said))
    throw new Error(
      '--database holds a password, which every user of this machine could see: put it into OLD_DATABASE_URL.',
    );
  return said ?? (inEnvironment || undefined);
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  if (!values.from) throw new Error(`--from is required.\n\n${HELP}`);
  const settings = readSettings(process.env);
  const log = createLog({ level: 'warn', json: settings.logJson, dir: settings.logDir });
  const old = oldDatabase(values.database, process.env.OLD_DATABASE_URL);
  const wanted = { ...values, ...(old ? { database: old } : {}), from: values.from };
  const reports = await withDatabaseUrl(settings, async (databaseUrl) => {
    const site = createSite({ ...settings, databaseUrl, legacyBaseUrl: '' }, { log });
    try {
      return await take(site, settings, wanted);
    } finally {
      await site.platform.database.close();
    }
  });
  const head = values.apply ? 'Taken over:' : 'This would be taken over (nothing was changed; add --apply):';
  const lines = reports.flatMap((r) => r.lines()).map((line) => `  ${line}\n`);
  process.stdout.write(`${head}\n${lines.join('')}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
