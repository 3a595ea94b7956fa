import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { sha256 } from '../../domain/shared/sha256';

/** Beside the compiled program: both are built into one folder. */
const FOLDER = resolve(__dirname, '../../../web');
/** Written last by the build. Run from its source, the program finds the dashboard's source here, which has none. */
const STAMP = '.stamp';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface DashboardFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip?: Buffer;
  readonly br?: Buffer;
}

interface Dashboard {
  /** Which build it is, so that a page notices that a newer one is served. */
  readonly build: string;
  /** By the path in the address. */
  readonly files: ReadonlyMap<string, DashboardFile>;
}

/** The built dashboard, all of it in memory (about 1.5 MB); undefined where none was built. */
export function readDashboard(folder: string = FOLDER): Dashboard | undefined {
  if (!existsSync(join(folder, STAMP))) return undefined;
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(names.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, read(file)]));
  return { build: readFileSync(join(folder, STAMP), 'utf8'), files };
}

function read(file: string): DashboardFile {
  const plain = readFileSync(file);
  const packed = (ending: string) => (existsSync(file + ending) ? readFileSync(file + ending) : undefined);
  const [gzip, br] = [packed('.gz'), packed('.br')];
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    // A weak ETag: compressed or not, it is the same text.
    etag: `W/"${sha256(plain).slice(0, 32)}"`,
    plain,
    ...(gzip ? { gzip } : {}),
    ...(br ? { br } : {}),
  };
}
