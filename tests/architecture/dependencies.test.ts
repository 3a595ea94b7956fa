import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory';
import { type Cruise, ROOT, allowances, allows, cruise } from './dependency-cruise';
import { CLEAN, FORBIDDEN, PACKAGES, importsType } from './planted-violations';

function plant(project: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), text);
  }
}

const packages = (): Record<string, string> => ({
  'package.json': JSON.stringify({ dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])) }),
  ...Object.fromEntries(
    PACKAGES.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  ),
});

describe('the rules of who may know whom', () => {
  let project: string;
  beforeEach(() => {
    project = temporaryDirectory();
    plant(project, { ...packages(), ...CLEAN });
  });
  afterEach(() => rmSync(project, { recursive: true }));

  it('accept a project that keeps them', () => {
    const { violations, dependencies } = cruise(project);
    expect(violations).toEqual([]);
    expect(dependencies.length).toBeGreaterThan(15);
  });

  it('find every planted violation, each where it is and nothing else', () => {
    plant(project, Object.fromEntries(FORBIDDEN.map(([, file, text]) => [file, text])));
    plant(project, { 'src/domain/doors/hen.ts': importsType('./egg') });
    const expected = FORBIDDEN.map(
      ([sentence, file, , to, rule = 'not-in-allowed']) => `${sentence} | ${file} → ${to}: ${rule}`,
    );
    const found = cruise(project).violations.map((violation) => {
      const known = FORBIDDEN.find(([, file]) => violation.startsWith(`${file} → `));
      return `${known?.[0] ?? 'unexpected'} | ${violation}`;
    });
    expect(found.sort()).toEqual(expected.sort());
  });
});

describe('this project', () => {
  let seen: Cruise;
  beforeAll(() => {
    seen = cruise(ROOT);
  });

  it('keeps the rules', () => expect(seen.violations).toEqual([]));

  it('uses every line of the allow-list', () => {
    const unused = allowances().filter((allowance) => !seen.dependencies.some((d) => allows(allowance, d)));
    expect(unused).toEqual([]);
  });

  it('has type-only imports, and the rules see them', () => {
    expect(seen.dependencies).toContainEqual(
      expect.objectContaining({
        from: 'src/application/cameras/camera-consistency.ts',
        to: 'src/domain/cameras/camera.ts',
      }),
    );
  });
});
