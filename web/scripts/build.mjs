/**
 * Builds the dashboard into dist/web, with every text compressed beside itself, unless what is there was built of the
 * same files already. The name of the build is the hash of those files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const WEB = path.resolve(import.meta.dirname, '..');
const OUT = path.resolve(WEB, '../dist/web');
const STAMP = path.join(OUT, '.stamp');
const NO_PART_OF_IT = /(^|[/\\])(node_modules|tests)([/\\]|$)/;
const TEXT = /\.(js|css|html|svg)$/;
const LEAST_COMPRESSED = 512;

const filesIn = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();

function nameOfBuild() {
  const hash = createHash('sha256');
  const sources = filesIn(WEB).filter((file) => !NO_PART_OF_IT.test(path.relative(WEB, file)));
  for (const file of [...sources, path.resolve(WEB, '../package-lock.json')]) {
    // In an image the lock may be elsewhere; the sources alone then name the build.
    if (existsSync(file)) hash.update(path.relative(WEB, file)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

const build = nameOfBuild();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== build) {
  rmSync(STAMP, { force: true });
  process.env.WATCHGATE_BUILD = build;
  const vite = await import('vite');
  await vite.build({ configFile: path.join(WEB, 'vite.config.mjs'), logLevel: 'warn' });
  for (const file of filesIn(OUT).filter((name) => TEXT.test(name))) {
    const text = readFileSync(file);
    if (text.length < LEAST_COMPRESSED) continue;
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
  // Last: a build without its stamp is no build.
  writeFileSync(STAMP, build);
}
