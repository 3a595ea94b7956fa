import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasCode } from '../src/infrastructure/system/files';

/** From the folder of the compiled program. */
const RESULTS_FILE = path.resolve(__dirname, '../../bench/RESULTS.md');

const HEAD = `# Benchmark results

Each section is written by its command, all of them by \`npm run bench\`. Figures compare within one run on one machine: read the
ratios, not the milliseconds.
`;

export interface Result {
  readonly name: string;
  /** What was run, as a person would type it. */
  readonly command: string;
  readonly text: string;
  readonly at: Date;
}

/** Puts a result in the place of the one of the same name; the sections of others stay. */
export function keepResult(result: Result, file = RESULTS_FILE): void {
  const sections = sectionsOf(readOrNothing(file));
  sections.set(result.name, sectionOf(result));
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, section]) => section);
  writeFileSync(file, [HEAD, ...sorted].join('\n'));
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return '';
  }
}

const sectionsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(/^(?=## )/m)
      .filter((part) => part.startsWith('## '))
      .map((part) => [part.slice(3, part.indexOf('\n')), `${part.trimEnd()}\n`]),
  );

const sectionOf = ({ name, command, text, at }: Result): string =>
  `## ${name}\n\n\`${command}\` on ${at.toISOString().slice(0, 10)}: ${machine()}\n\n\`\`\`\n${text.replace(/^\n+|\s+$/g, '')}\n\`\`\`\n`;

function machine(): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${os.type()} ${os.release().split('-')[0]}, Node.js ${process.version}`;
}
