#!/usr/bin/env node
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { Acknowledged, GroupOverview } from '../application/rollout/group-overview';
import type { StageEvidence, Verdict } from '../domain/rollout/evidence';
import { CommandError, EXIT, RolloutClient } from './rollout-client';
import { simulate } from './simulate';
import { table } from './table';
import { verify } from './verify';

const HELP = `Usage: npm run rollout -- COMMAND [options]

  status                            all groups: stage, share, evidence, what is missing
  start|pause|resume|promote --group G
  rollback|approve --group G --reason WHY
  set-percent --group G --percent P
  kill|unkill [--group G] --reason WHY
  verify [--group G] [--percent P]  prove from outside that the share is P, that it falls back and can be stopped,
                                    and that both paths answer and write the same; without --group every group
  report [--lang en|zh] [--format md|json]
  simulate [--short]                the detectors against known truth, no service needed

Options: --url URL (http://127.0.0.1:8000); a service that needs a token is shown the one in WATCHGATE_TOKEN
--lease SECONDS (120): when the service removes what a verification made that was broken off
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by the service, 4 no service answers, 130 interrupted`;

const OPTIONS = {
  url: { type: 'string', default: process.env.WATCHGATE_URL ?? 'http://127.0.0.1:8000' },
  group: { type: 'string' },
  reason: { type: 'string' },
  percent: { type: 'string' },
  lease: { type: 'string', default: '120' },
  lang: { type: 'string', default: 'en' },
  format: { type: 'string', default: 'md' },
  short: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function required(value: string | undefined, name: string): string {
  if (value) return value;
  throw new CommandError(EXIT.usage, `--${name} is required.\n\n${HELP}`);
}

function number(value: string | undefined): number {
  const percent = Number(required(value, 'percent'));
  if (percent >= 0 && percent <= 100) return percent;
  throw new CommandError(EXIT.usage, '--percent must be a number from 0 to 100.');
}

type Values = ReturnType<typeof parse>['values'];
const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

type Command = (client: RolloutClient, values: Values) => Promise<number>;

/** A step of one group: the operation and its input. */
const step =
  (name: string, body: (values: Values) => object | undefined = () => undefined): Command =>
  async (client, values) => {
    const path = `/rollout/${encodeURIComponent(required(values.group, 'group'))}/${name}`;
    const g = await client.ask<GroupOverview>('POST', path, body(values));
    say(
      `${g.group}: ${g.status}, stage ${g.stage} of ${g.stages.length}, ${g.effective_percent} % (${g.effective_why})`,
    );
    return EXIT.done;
  };

const withReason = ({ reason }: Values) => ({ reason: required(reason, 'reason') });

const COMMANDS: Readonly<Record<string, Command>> = {
  status,
  start: step('start'),
  pause: step('pause'),
  resume: step('resume'),
  promote: step('promote'),
  rollback: step('rollback', withReason),
  approve: step('approve', withReason),
  'set-percent': step('set-percent', ({ percent }) => ({ percent: number(percent) })),
  kill: (client, values) => stop(client, 'kill', values),
  unkill: (client, values) => stop(client, 'unkill', values),
  verify: runVerify,
  report: async (client, { lang, format }) => {
    const { report } = await client.ask<{ report: unknown }>('GET', `/rollout/report?lang=${lang}&format=${format}`);
    say(typeof report === 'string' ? report : JSON.stringify(report, null, 2));
    return EXIT.done;
  },
  simulate: async (_client, { short }) => {
    const { rows, passed } = simulate({ short });
    say(
      table([
        ['property', 'demand', 'figure', ''],
        ...rows.map((r) => [r.property, r.demand, r.figure, mark(r.passed)]),
      ]),
    );
    return passed ? EXIT.done : EXIT.failed;
  },
};

const mark = (passed: boolean): string => (passed ? 'ok' : 'FAILED');

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [name] = positionals;
  if (values.help || !name) {
    say(HELP);
    return values.help ? EXIT.done : EXIT.usage;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CommandError(EXIT.usage, `There is no command "${name}".\n\n${HELP}`);
  return command(new RolloutClient(values.url, process.env.WATCHGATE_TOKEN), values);
}

async function status(client: RolloutClient): Promise<number> {
  const { groups, instances, killed, revision } = await client.overview();
  const rows = groups.map((g) => {
    const { operations, comparisons } = g.evidence as unknown as StageEvidence;
    const calls = operations.reduce((sum, o) => sum + o.domain.n, 0);
    const failures = operations.reduce((sum, o) => sum + o.domain.failure, 0);
    const missing = ((g.verdict as unknown as Verdict | null)?.missing ?? []).map(
      (m) => `${m.what} ${m.have}/${m.need}`,
    );
    const state = g.killed || killed ? 'KILLED' : g.status;
    return [
      g.group,
      state,
      `${g.stage}/${g.stages.length}`,
      `${g.effective_percent} %`,
      `${calls}`,
      `${failures}`,
      `${comparisons}`,
      g.trip_reason ?? g.attention ?? missing.join(', '),
    ];
  });
  say(table([['group', 'status', 'stage', 'share', 'calls', 'failed', 'compared', 'why / missing'], ...rows]));
  say(
    `\nrevision ${revision}; instances: ${instances.map((i) => `${i.name}${i.confirmed ? '' : ' (NOT CONFIRMED)'}`).join(', ')}`,
  );
  return EXIT.done;
}

async function stop(client: RolloutClient, action: 'kill' | 'unkill', { reason, group }: Values): Promise<number> {
  const body = { reason: required(reason, 'reason'), ...(group ? { group } : {}) };
  const done = await client.ask<Acknowledged>('POST', `/rollout/${action}`, body);
  say(
    `${action}: confirmed by ${done.applied} of ${done.of} instances, the slowest after ${done.slowest_ms ?? '?'} ms`,
  );
  for (const { name, confirmed } of done.instances) if (!confirmed) say(`  not confirmed: ${name}`);
  return done.applied === done.of ? EXIT.done : EXIT.failed;
}

async function runVerify(client: RolloutClient, { group, percent, lease }: Values): Promise<number> {
  const share = percent === undefined ? {} : { percent: number(percent) };
  const leaseSeconds = Number(lease);
  if (!Number.isInteger(leaseSeconds) || leaseSeconds < 1 || leaseSeconds > 600)
    throw new CommandError(EXIT.usage, '--lease must be a whole number of seconds from 1 to 600.');
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const groups = group === undefined ? (await client.overview()).groups : [await client.group(group)];
  const failed: string[] = [];
  for (const each of groups) {
    const checks = await verify(client, each, { ...share, leaseSeconds, say, signal: interrupted.signal });
    say(`${table([['check', 'figure', ''], ...checks.map((c) => [c.name, c.figure, mark(c.passed)])])}\n`);
    if (!checks.every((c) => c.passed)) failed.push(each.group);
  }
  const verified = groups.length - failed.length;
  say(`${verified} of ${groups.length} groups verified${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`);
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const usage = error instanceof TypeError && 'code' in error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exit : usage ? EXIT.usage : EXIT.failed;
  },
);
