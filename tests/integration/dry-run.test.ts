import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { blobModel, hasPackages } from '../support/blob-model';
import { FILMS, drawFilm } from '../support/drawn-films';

const CLI = path.resolve('dist/src/cli/detect.js');
const run = promisify(execFile);
let dir: string;
const at = (name: string) => path.join(dir, name);

interface Report {
  readonly persons: number;
  readonly notes: readonly string[];
  readonly findings: readonly {
    readonly rule: string;
    readonly outcome: string;
    readonly zone: string;
    readonly second: number;
    readonly event: string | null;
    readonly picture: string | null;
    readonly evidence: Readonly<Record<string, unknown>>;
  }[];
}

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'dry-run-'));
  writeFileSync(at('blob.onnx'), blobModel());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function dryRun(film: string, regions: object, ...more: string[]): Promise<Report> {
  writeFileSync(at('regions.json'), JSON.stringify(regions));
  const env = { ...process.env, DETECTOR_PERSONS: at('blob.onnx'), DATA_DIR: dir };
  const args = [CLI, film, '--camera', 'gate', '--regions', at('regions.json'), '--json', ...more];
  const { stdout } = await run(process.execPath, args, { env, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Report;
}

(hasPackages() ? describe : describe.skip)('a dry run of a film that is drawn', () => {
  it.each(FILMS)('finds exactly what is to be seen: $name', async ({ seconds, people, posts, regions, found }) => {
    drawFilm(at('film.avi'), seconds, people, posts);
    const { findings } = await dryRun(at('film.avi'), regions);
    expect(findings.map(({ rule, outcome, zone }) => `${rule} ${outcome} ${zone}`)).toEqual(
      found.map(([what]) => what),
    );
    // One look earlier or later.
    const late = findings.map(({ second }, i) => Math.abs(second - found[i]![1]));
    expect(Math.max(...late)).toBeLessThanOrEqual(0.4);
  });

  it('finds nothing in an empty one', async () => {
    drawFilm(at('empty.avi'), 5, []);
    expect(await dryRun(at('empty.avi'), FILMS[0]!.regions)).toMatchObject({ findings: [], persons: 0 });
  });

  it('writes a picture for each event, and says what is not evaluated', async () => {
    const { seconds, people, regions } = FILMS[1]!;
    drawFilm(at('film.avi'), seconds, people);
    const line = {
      region_id: 'cap',
      region_type: 'work_area',
      polygon: [
        [440, 0],
        [640, 0],
        [640, 384],
      ],
    };
    const wanted = { ...line, rules: { required_behaviors: ['hairnet'] } };
    const all = {
      ...(regions as { regions: object[] }),
      regions: [...(regions as { regions: object[] }).regions, wanted],
    };
    const report = await dryRun(at('film.avi'), all, '--out', at('out'));
    const [event] = report.findings.filter((each) => each.event !== null);
    expect(event).toMatchObject({ event: 'SKIP_DRYING', picture: '003-SKIP_DRYING.jpg' });
    expect(event?.evidence).toMatchObject({ from: 'sink', to: 'line', model: 'blob.onnx', zone_id: 'line' });
    expect(event?.evidence.confidence).toBeGreaterThan(0.5);
    const picture = readFileSync(at(`out/${String(event?.picture)}`));
    expect([...picture.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(existsSync(at('out/report.json'))).toBe(true);
    expect(report.notes).toEqual([expect.stringContaining('"hairnet" in the region "cap" is not evaluated')]);
  });

  it('says in one sentence that a file is no video', async () => {
    writeFileSync(at('text.avi'), 'no video');
    await expect(dryRun(at('text.avi'), FILMS[0]!.regions)).rejects.toMatchObject({
      stderr: expect.stringMatching(/^this is no video[^\n]*\n$/),
    });
    await expect(dryRun(at('none.avi'), FILMS[0]!.regions)).rejects.toMatchObject({
      stderr: 'there is no file none.avi\n',
    });
  });
});
