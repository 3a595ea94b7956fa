import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');
const PROGRAM = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = path.join(ROOT, '.dependency-cruiser.cjs');

const PACKAGE = 'packages/embedded-postgres/src';

export interface Dependency {
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
}

export interface Cruise {
  readonly dependencies: readonly Dependency[];
  /** `from`, `to` and the rule's name, in one line each. */
  readonly violations: readonly string[];
}

interface Output {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string; readonly dependencyTypes: readonly string[] }[];
  }[];
  readonly summary: { readonly violations: readonly { rule: { name: string }; from: string; to: string }[] };
}

/** Looks at the source of a project, its migrations and its package, by this repository's rules. */
export function cruise(project: string): Cruise {
  const args = [PROGRAM, '--config', CONFIG, '--output-type', 'json', 'src', 'migrations', PACKAGE];
  const options = { cwd: project, encoding: 'utf8', maxBuffer: 64_000_000 } as const;
  const { stdout, stderr } = spawnSync(process.execPath, args, options);
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${stderr}${stdout}`);
  const { modules, summary } = JSON.parse(stdout) as Output;
  return {
    dependencies: modules.flatMap(({ source, dependencies }) =>
      dependencies.map((d) => ({ from: source, to: d.resolved, types: d.dependencyTypes })),
    ),
    violations: summary.violations.map(({ rule, from, to }) => `${from} → ${to}: ${rule.name}`),
  };
}

interface Side {
  readonly path: string;
  readonly dependencyTypes?: readonly string[];
}

export interface Allowance {
  readonly from: Side;
  readonly to: Side;
}

export const allowances = (): readonly Allowance[] => (require(CONFIG) as { allowed: Allowance[] }).allowed;

/** Whether this line of the allow-list is what allows the import. */
export function allows({ from, to }: Allowance, dependency: Dependency): boolean {
  const captured = new RegExp(from.path).exec(dependency.from);
  if (!captured) return false;
  const target = to.path.replaceAll(/\$(\d)/g, (_, group: string) => captured[Number(group)] ?? '');
  const kind = to.dependencyTypes?.some((type) => dependency.types.includes(type)) ?? true;
  return kind && new RegExp(target).test(dependency.to);
}
