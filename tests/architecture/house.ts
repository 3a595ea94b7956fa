import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from '../../src/cli/table';
import { createTestDatabase, onServer } from '../support/test-database';
import { startSharedServer, stopSharedServer } from '../support/shared-server';
import { TWO_CAMERAS, testSettings } from '../support/test-site';
import { type Trip, enteredFiles } from './entered-files';
import { houseFigures } from './house-figures';

const camera = (id: string) => ({ id, name: 'a camera', source: '3' });
/** The first of each kind is only there to make what is made once. */
const TRIPS: readonly Trip[] = [
  { name: 'GET /cameras, first', method: 'GET', path: '/cameras' },
  { name: 'GET /cameras', method: 'GET', path: '/cameras' },
  { name: 'POST /cameras, first', method: 'POST', path: '/cameras', body: camera('one') },
  { name: 'POST /cameras', method: 'POST', path: '/cameras', body: camera('two') },
  { name: 'PUT violation, first', method: 'PUT', path: '/records/violations/1/status?status=confirmed' },
  { name: 'PUT violation', method: 'PUT', path: '/records/violations/1/status?status=resolved' },
];
const VIOLATION = `INSERT INTO violation_events (camera_id, violation_type, timestamp) VALUES ('cam1', 'no_hairnet', now())`;

/** The figures of the house, beside those of the reading that led to it. */
async function main(): Promise<void> {
  process.env.TEST_DATABASE_URL ||= await startSharedServer();
  const dir = mkdtempSync(path.join(tmpdir(), 'watchgate-house-'));
  const database = await createTestDatabase();
  try {
    const camerasFile = path.join(dir, 'cameras.yaml');
    writeFileSync(camerasFile, TWO_CAMERAS);
    const entered = await enteredFiles(testSettings({ databaseUrl: database.url, camerasFile }), TRIPS, () =>
      onServer(database.url, VIOLATION),
    );
    const trip = (name: string) => String(entered.get(name)?.length ?? 0);
    const figures = houseFigures();
    process.stdout.write(
      `${table([
        ['figure', 'f3c8ea0', 'now', 'bar'],
        ['files in src', '480', String(figures.files), '<= 340, and 54 of two later contexts'],
        ['lines in src', '30,631', figures.lines.toLocaleString('en'), ''],
        ['files with one importer', '203', String(figures.importedOnce.length), '<= 80'],
        ['interfaces with one implementation and no fake', '~30', String(figures.lonelyInterfaces.length), '0'],
        [
          'application classes built in unit tests',
          '12 of 54',
          `${figures.applicationClasses - figures.untestedClasses.length} of ${figures.applicationClasses}`,
          'all',
        ],
        ['own files that run in GET /cameras', '39', trip('GET /cameras'), '<= 14'],
        ['own files that run in POST /cameras', '69', trip('POST /cameras'), '<= 35'],
        ['own files that run in PUT violation status', '33', trip('PUT violation'), '<= 14'],
      ])}\n`,
    );
    if (process.argv.includes('--files'))
      for (const [name, files] of entered)
        process.stdout.write(`\n${name}\n${files.map((file) => `  ${file.split('/dist/')[1]}\n`).join('')}`);
  } finally {
    await database.drop();
    await stopSharedServer();
    rmSync(dir, { recursive: true, force: true });
  }
}

void main();
