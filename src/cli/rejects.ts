#!/usr/bin/env node
import { appendFile, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { journalOf } from '../composition/events';
import { isJsonObject, parsedJson } from '../domain/shared/json';
import { readSettings } from '../infrastructure/environment/settings';
import { DiskJournal } from '../infrastructure/journal/disk-journal';
import { noneIfAbsent } from '../infrastructure/system/files';
import { table } from './table';

const HELP = `Lines of the journal that were no events, or not at the time: how many there are, and taking them in again.

Usage: npm run rejects                                 how many there are, by reason
       npm run rejects -- --again                      writes all of them to the journal again
       npm run rejects -- --again --why 'ts lies'      only those whose reason has these words

It works beside a running service, which takes them in at once. What is an event by now, such as one that lay in the
future of a wrong clock, is stored; what is stored already adds nothing; what is still none is rejected again.
LOG_DIR says where they are.`;

/** Working name of the file: the service starts a new one meanwhile, and the next run completes a killed one. */
const TAKING = '.taking';
const AT_ONCE = 1_000;

interface Rejected {
  readonly text: string;
  readonly why: string;
  readonly line: string;
}

const filesIn = (logDir: string): string[] =>
  ['events_rejected.jsonl.1', 'events_rejected.jsonl'].map((name) => join(logDir, name));

async function read(file: string): Promise<Rejected[]> {
  const text = (await readFile(file, 'utf8').catch(noneIfAbsent)) ?? '';
  return text.split('\n').flatMap((line) => {
    const entry = parsedJson(line);
    if (!isJsonObject(entry) || typeof entry.why !== 'string' || typeof entry.line !== 'string') return [];
    return [{ text: line, why: entry.why, line: entry.line }];
  });
}

async function counted(logDir: string): Promise<string> {
  const files = filesIn(logDir).flatMap((file) => [`${file}${TAKING}`, file]);
  const counts = new Map<string, number>();
  for (const file of files) for (const { why } of await read(file)) counts.set(why, (counts.get(why) ?? 0) + 1);
  if (counts.size === 0) return 'There are none.';
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([why, n]) => [String(n), why]);
  return table([['lines', 'why'], ...rows]);
}

/**
 * Every line is in the journal before it is removed from the file; a line that is in the journal twice is one event.
 */
export async function takeAgain(logDir: string, why: string): Promise<number> {
  const journal = new DiskJournal(journalOf({ logDir }));
  let taken = 0;
  for (const file of filesIn(logDir)) {
    const taking = `${file}${TAKING}`;
    // The rest of a killed run comes first.
    taken += await takeFrom(taking, file, why, journal);
    await rename(file, taking).catch(noneIfAbsent);
    taken += await takeFrom(taking, file, why, journal);
  }
  return taken;
}

async function takeFrom(taking: string, file: string, why: string, journal: DiskJournal): Promise<number> {
  const all = await read(taking);
  const wanted = all.filter(({ line, why: reason }) => line !== '' && reason.includes(why));
  for (let i = 0; i < wanted.length; i += AT_ONCE)
    await journal.appendLines(wanted.slice(i, i + AT_ONCE).map(({ line }) => line));
  const rest = all.filter(({ line, why: reason }) => line === '' || !reason.includes(why));
  if (rest.length > 0) await appendFile(file, rest.map(({ text }) => `${text}\n`).join(''));
  await rm(taking, { force: true });
  return wanted.length;
}

async function main(args: readonly string[]): Promise<void> {
  const options = { again: { type: 'boolean' }, why: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const { logDir } = readSettings(process.env);
  const said = values.again
    ? `${await takeAgain(logDir, values.why ?? '')} lines were written to the journal again.`
    : await counted(logDir);
  process.stdout.write(`${said}\n`);
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
