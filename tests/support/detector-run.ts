import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blobModel } from './blob-model';
import { eventually } from './eventually';

const DETECTOR = path.resolve('dist/src/detector/main.js');

/** The process that looks for all cameras, with the model that is drawn for, and its files in a folder. */
export class DetectorRun {
  output = '';
  private child: ChildProcess | undefined;

  constructor(
    readonly dir: string,
    private readonly choice: object = {},
  ) {
    writeFileSync(path.join(dir, 'blob.onnx'), blobModel());
  }

  get socket(): string {
    return path.join(this.dir, 'looks.sock');
  }

  get pid(): number {
    return this.child?.pid ?? -1;
  }

  status(): { readonly looks: number; readonly cameras: number; readonly rss_mb: number } {
    return JSON.parse(readFileSync(path.join(this.dir, 'detector.json'), 'utf8')) as ReturnType<DetectorRun['status']>;
  }

  async start(): Promise<void> {
    const choice = {
      dataDir: this.dir,
      detectorPersons: path.join(this.dir, 'blob.onnx'),
      detectorModel: '',
      detectorModelLabels: [],
      detectorModelLayout: 'rows',
      detectorModelOn: 'person',
      detectorModelSize: 64,
      ...this.choice,
    };
    const files = { DETECTOR_SOCKET: this.socket, STATUS_FILE: path.join(this.dir, 'detector.json') };
    const env = { PATH: process.env.PATH, ...files, DETECTOR_CHOICE: JSON.stringify(choice) };
    this.child = spawn(process.execPath, ['--max-semi-space-size=1', DETECTOR], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (data) => (this.output += String(data)));
    await eventually(() => this.output.includes('looking with') && existsSync(this.socket), {
      what: `a detector that looks; it said: ${this.output}`,
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
    this.output = '';
  }
}
