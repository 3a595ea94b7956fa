import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { JsonObject } from '../../src/domain/shared/json';
import { CameraSite } from '../support/camera-site';
import { type FuzzRequest, fuzzRequest, targetsOf } from '../support/fuzz-requests';
import { Chance } from '../support/random';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101);
const CALLERS = 4;
const LONGEST_MS = 5_000;
const MOST_GROWTH = 1.3;
/** Of all requests; memory is compared with what it is after them. */
const WARM_UP = 0.4;

/** What no answer may show: statements, names of the database's own, stacks, places in this program. */
const INSIDE =
  /\b(SELECT|UPDATE|DELETE)\b[^]*\b(FROM|SET|WHERE)\b|INSERT INTO|violates \w+ constraint|relation "|column "|syntax error at|\n +at |node_modules|\.(js|ts):\d+|QueryFailedError|ECONNREFUSED/;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly took: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });

function send(url: string, { method, path, headers, body }: FuzzRequest): Promise<Answer> {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = request({ hostname, port, method, path, agent, headers, timeout: LONGEST_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode ?? 0, text, took: performance.now() - from });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${LONGEST_MS} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}

/** What a camera or a source that is tried may be answered with; nothing else is away on this site. */
const NO_PICTURE: Readonly<Record<string, readonly number[]>> = {
  'camera-control.preview': [502, 504],
  // Two sources are tried at once.
  'camera-control.probe': [502, 503, 504],
};
const mayAnswer = (operation: string, status: number): boolean =>
  status < 500 || (NO_PICTURE[operation]?.includes(status) ?? false);

function wrongWith({ operation }: FuzzRequest, { status, text, took }: Answer, folder: string): string | undefined {
  if (!mayAnswer(operation, status)) return `answered ${status}: ${text.slice(0, 300)}`;
  if (took > LONGEST_MS) return `took ${Math.round(took)} ms`;
  const shown = INSIDE.exec(text)?.[0] ?? (status >= 400 && text.includes(folder) ? folder : undefined);
  return shown && `shows ${JSON.stringify(shown)}`;
}

const shown = ({ method, path, headers, body }: FuzzRequest): string =>
  `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 100)} ${String(body ?? '').slice(0, 300)}`;

const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describe(`${REQUESTS} requests that nobody would send, seed ${SEED}`, () => {
  let site: CameraSite;
  beforeAll(async () => {
    // Little room, so that what grows is what is kept, not what was not cleared away yet.
    const NODE_OPTIONS = '--max-semi-space-size=4 --max-old-space-size=160';
    const settings = { DETECTOR_COMMAND: 'sleep 3600', USE_DOMAIN_SERVICE: 'true', NODE_OPTIONS };
    site = await CameraSite.start('cameras: []\n', settings);
  });
  afterAll(async () => {
    agent.destroy();
    await site.remove();
  });

  it('are all answered, show nothing from inside, and leave no memory behind', async () => {
    const document = (await (await fetch(`${site.url}/openapi.json`)).json()) as JsonObject;
    const [chance, targets] = [new Chance(SEED), targetsOf(document)];
    const pid = site.service.child.pid ?? 0;
    const faults = new Map<string, string>();
    const statuses = new Map<number, number>();
    let [sent, warm] = [0, 0];
    const caller = async () => {
      while (sent < REQUESTS) {
        sent += 1;
        if (sent === Math.floor(REQUESTS * WARM_UP)) warm = memoryOf(pid);
        const asked = fuzzRequest(chance, targets);
        const answer = await send(site.url, asked).catch((error: unknown) => String(error));
        const wrong = typeof answer === 'string' ? answer : wrongWith(asked, answer, site.folder.dir);
        if (typeof answer !== 'string') statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (wrong) faults.set(`${asked.operation}: ${wrong}`, shown(asked));
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    expect([...faults].map(([fault, asked]) => `seed ${SEED}: ${fault}\n    ${asked}`)).toEqual([]);
    const growth = memoryOf(pid) / warm;
    process.stdout.write(
      `fuzz: ${sent} requests, seed ${SEED}, ${JSON.stringify(Object.fromEntries(statuses))}, memory × ${growth.toFixed(2)}\n`,
    );
    expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
    // Not everything may be refused, or nothing was tried.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(REQUESTS / 10);
    expect((await site.call('GET', '/cameras')).status).toBe(200);
  }, 600_000);
});
