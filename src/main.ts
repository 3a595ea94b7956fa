#!/usr/bin/env node
import 'reflect-metadata';
import { inspect } from 'node:util';
import { refuseUnusablePaths } from './composition/refusals';
import { endOf, startService } from './composition/service';
import { keepMemorySteady } from './infrastructure/environment/node-process';
import { readSettings, settingsHelp } from './infrastructure/environment/settings';
import { createLog } from './infrastructure/logging/logger';

const HELP = `watchgate: the backend of a camera-monitoring site

Usage: npm start            (or node dist/src/main.js)

It is set by environment variables, all optional:
${settingsHelp()}

Ctrl-C or SIGTERM ends it after the requests under way.`;

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return void process.stdout.write(`${HELP}\n`);
  // Its files hold pictures of people at work and passwords of cameras: no other user of this machine may read them.
  process.umask(0o077);
  keepMemorySteady();
  const settings = readSettings(process.env);
  refuseUnusablePaths(settings);
  const log = createLog({ level: settings.logLevel, json: settings.logJson, dir: settings.logDir });
  const service = await startService(settings, log);
  const end = (signal: string) => {
    log.info(`${signal}: finishing the requests under way`);
    void endOf(service, log).then((code) => process.exit(code));
  };
  // Before the ready message: a process that reads that message may end this one at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const seconds = (performance.now() / 1000).toFixed(1);
  if (settings.logJson) log.info('ready', { url: service.url, seconds: Number(seconds) });
  else
    process.stdout.write(
      `\n  Watchgate is ready after ${seconds} s\n${service.summary.map((l) => `  ${l}\n`).join('')}\n`,
    );
}

main().catch((error: unknown) => {
  const foreseen = error instanceof Error && !(error instanceof TypeError);
  process.stderr.write(`\nWatchgate did not start: ${foreseen ? error.message : inspect(error)}\n`);
  process.exit(1);
});
