import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type RunAccount, canEnter, isRoot } from '@watchgate/embedded-postgres';
import { temporaryDirectory } from './temporary-directory';

const MAIN = path.resolve(__dirname, '../../dist/src/main.js');
const TOKEN = path.resolve(__dirname, '../../dist/src/cli/token.js');

const NOBODY: RunAccount = { uid: 65_534, name: 'nobody', switchTo: { uid: 65_534, gid: 65_534 } };
const MYSELF: RunAccount = { uid: process.geteuid?.() ?? 0, name: 'the user of this run', switchTo: {} };

/** This user, and an ordinary one as well when this is root and the program lies where others can read it. */
export const ACCOUNTS: readonly RunAccount[] =
  isRoot() && canEnter(NOBODY, path.dirname(MAIN)) ? [MYSELF, NOBODY] : [MYSELF];

/** This node program, or a copy in `dir` when it lies where the account cannot go (a version manager in /root). */
function reachableNode(account: RunAccount, dir: string): string {
  if (canEnter(account, path.dirname(process.execPath))) return process.execPath;
  const copy = path.join(dir, 'node');
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything it wrote, errors included. */
  readonly output: string;
}

/** The entry point in a process of its own. */
export class ServiceRun {
  output = '';
  readonly ended: Promise<Ended>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (this.output += String(data)));
    this.ended = new Promise((ended) =>
      child.once('close', (code, signal) => ended({ code, signal, output: this.output })),
    );
  }

  /** The address it answers on, once it says that it is ready. */
  ready(): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const url = /^ {2}API +(http:\/\/[^/\s]+)/m.exec(this.output)?.[1];
        if (url && this.output.includes('  logs ')) resolve(url);
      };
      look();
      this.child.stdout?.on('data', look);
      void this.ended.then(({ code, output }) => reject(new Error(`it ended with ${code}: ${output}`)));
    });
  }

  end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Folders of one service, as bare as before its first start, and the processes started on them. */
export class BareSite {
  readonly dir = temporaryDirectory();
  private readonly runs: ServiceRun[] = [];

  constructor(private readonly account: RunAccount = MYSELF) {
    mkdirSync(path.join(this.dir, 'config'));
    if (account.switchTo.uid !== undefined)
      for (const dir of [this.dir, path.join(this.dir, 'config')]) chownSync(dir, account.uid, account.uid);
  }

  get camerasFile(): string {
    return path.join(this.dir, 'config/cameras.yaml');
  }

  /** `settings` come on top of the folders of this site; nothing of this process's own environment counts. */
  start(settings: Readonly<Record<string, string>> = {}, args: readonly string[] = []): ServiceRun {
    return this.launch(MAIN, settings, args);
  }

  private launch(program: string, settings: Readonly<Record<string, string>>, args: readonly string[]): ServiceRun {
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: path.join(this.dir, 'data'),
      CAMERAS_FILE: this.camerasFile,
      LOG_DIR: path.join(this.dir, 'logs'),
      // A process more for each service, which only the tests of detection need.
      DETECTOR: 'off',
      ...settings,
    };
    const node = reachableNode(this.account, this.dir);
    const run = new ServiceRun(spawn(node, [program, ...args], { env, cwd: this.dir, ...this.account.switchTo }));
    this.runs.push(run);
    return run;
  }

  /** A token for this site, made by the command. */
  async token(role: string, name: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const { output } = await this.command(['create', '--role', role, '--name', name], settings);
    return /wgt_[\w-]+/.exec(output)?.[0] ?? '';
  }

  /** The command for tokens, with the settings of this site. */
  command(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.launch(TOKEN, settings, args).ended;
  }

  /** Ends every process of this site without a word. */
  async kill(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.end('SIGKILL')));
  }

  /** Ends every process of this site, and waits for them. */
  async stop(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.end('SIGTERM')));
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function call(url: string, method: string, where: string, body?: object): Promise<Answer> {
  const sent = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${url}/api/v1${where}`, { method, ...sent });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
