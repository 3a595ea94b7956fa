import { parseSync } from '@swc/core';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './dependency-cruise';

export interface SourceFile {
  readonly name: string;
  readonly lines: number;
  readonly functions: readonly { readonly name: string; readonly lines: number }[];
  /** Imports inside a type, as in `import('./door').Door`. */
  readonly inlineImports: number;
}

interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
}

const isNode = (value: object): value is Node => 'type' in value && 'span' in value;

/** Every node of the tree, whatever its kind. */
function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) yield value;
  for (const child of Object.values(value)) yield* nodes(child);
}

const FUNCTION =
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|PrivateMethod|Constructor|MethodProperty)$/;

export function read(name: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  // Positions count bytes and start at 1, or where the file parsed before ended: a first token tells where.
  const tree = parseSync(`0;\n${text.replace(/^#!/, '//')}`, {
    syntax: 'typescript',
    decorators: true,
    tsx: name.endsWith('.tsx'),
  });
  const offset = tree.span.start + '0;\n'.length;
  const all = [...nodes(tree)];
  const source = ({ span }: Node) => bytes.subarray(span.start - offset, span.end - offset).toString();
  return {
    name,
    lines: text.split('\n').length - 1,
    functions: all
      .filter((node) => FUNCTION.test(node.type))
      .map((node) => source(node).split('\n'))
      .map((lines) => ({ name: `${name}: ${lines[0]?.slice(0, 60)}`, lines: lines.length })),
    inlineImports: all.filter((node) => node.type === 'TsImportType').length,
  };
}

/** Made by a program, so nobody reads it from top to bottom. */
const GENERATED = 'api/generated.ts';

export const sourceFiles = (folder: string): SourceFile[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && name !== GENERATED)
    .map((name) => path.join(folder, name))
    .sort()
    .map((name) => read(name, readFileSync(path.join(ROOT, name), 'utf8')));
