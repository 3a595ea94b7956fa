/**
 * Who may know whom, as an allow-list: an import that no line below allows is an error, and so is every import from
 * or to a file that fits no layer. Widen it on purpose, never by a wildcard; a line that nothing uses any more fails
 * tests/architecture too.
 */
const npm = (...names) => ({ path: `^node_modules/(@types/)?(${names.join('|')})/` });
const core = (...names) => ({ path: `^(${names.join('|')})$`, dependencyTypes: ['core'] });
/** TypeScript file in a folder; `^src/domain/([^/]+)/` captures the context, which `$1` on the right side repeats. */
const inside = (folder) => ({ path: `^${folder}/.+[.]ts$` });

const domain = [
  ['src/domain/([^/]+)', inside('src/domain/($1|shared)')],
  // Hashes (of texts, of rollout keys) are part of the rules; nothing else of Node is.
  ['src/domain/[^/]+', core('crypto')],
];

const application = [
  ['src/application/([^/]+)', inside('src/application/($1|shared)')],
  ['src/application/([^/]+)', inside('src/domain/($1|shared)')],
  // The call's context carries which path served it and why; the router writes that, the HTTP side reads it.
  [{ path: '^src/application/shared/call-context[.]ts$' }, { path: '^src/domain/rollout/decision[.]ts$' }],
  // The control of processes works on the cameras there are: the aggregate is theirs.
  ['src/application/camera-control', inside('src/domain/cameras')],
  // Zones are the regions of the site.
  ['src/application/detection', inside('src/domain/regions')],
  // Random tokens, and the context of the call that is being served.
  ['src/application/[^/]+', core('crypto', 'async_hooks')],
  // A pure function from two texts to a patch.
  ['src/application/[^/]+', npm('diff')],
  // A pure function from rows to a text; its two forms are told apart by what follows its name.
  ['src/application/shared', { path: '^csv-stringify/sync$' }],
];

const infrastructure = [
  // One technology does not know another; `system` is what all of them need of the operating system.
  ['src/infrastructure/([^/]+)', inside('src/infrastructure/($1|system)')],
  ['src/infrastructure/[^/]+', inside('src/(application|domain)')],
  ['src/infrastructure/[^/]+', { path: '.', dependencyTypes: ['core'] }],
  // The old way of doing things worked on the journal and the tables as they lie.
  ['src/infrastructure/legacy', inside('src/infrastructure/(journal|postgres)')],
  ['src/infrastructure/postgres', inside('migrations')],
  ['src/infrastructure/postgres', npm('pg', 'typeorm')],
  // Revisions are stored as what they changed.
  ['src/infrastructure/postgres', npm('diff')],
  ['src/infrastructure/old-installation', npm('pg')],
  // An old installation is taken over through what takes in events and cameras anyway.
  ['src/infrastructure/old-installation', inside('src/infrastructure/(journal|postgres)')],
  ['src/infrastructure/logging', npm('winston')],
  ['src/infrastructure/notify', npm('ipaddr.js', 'mqtt', 'nodemailer', 'ws')],
  ['src/infrastructure/prometheus', npm('prom-client')],
  ['src/infrastructure/yaml', npm('js-yaml')],
];

const api = [
  ['src/api/([^/]+)', inside('src/api/($1|http)')],
  ['src/api/([^/]+)', inside('src/application/($1|shared)')],
  ['src/api/([^/]+)', inside('src/domain/($1|shared)')],
  // An operation is what the router routes: the row of the catalogue carries the router's facts about it.
  ['src/api/http', inside('src/application/rollout')],
  // The document lists the reasons that a path may have.
  [{ path: '^src/api/http/openapi-parts[.]ts$' }, { path: '^src/domain/rollout/decision[.]ts$' }],
  ['src/api/http', core('http', 'net', 'crypto', 'stream', 'stream/promises')],
  ['src/api/http', npm('class-validator', 'compression', 'express', 'helmet', 'proxy-addr')],
];

/** The bundled detector, a program of its own. */
const worker = [
  ['src/worker', inside('src/(worker|infrastructure/(ffmpeg|system))')],
  // Passwords are masked by the rules of cameras.
  ['src/worker', inside('src/domain/cameras')],
  ['src/worker', core('crypto', 'fs')],
  // What it makes of persons is what a dry run makes of them.
  ['src/worker', inside('src/(application|domain)/detection')],
  ['src/worker', inside('src/infrastructure/looks')],
  ['src/worker', inside('src/domain/shared')],
];

/** The process that looks for persons, for all cameras of a machine: a program of its own, too. */
const detector = [
  ['src/detector', inside('src/(detector|infrastructure/(onnx|looks|system))')],
  ['src/detector', inside('src/application/detection')],
  ['src/detector', inside('src/domain/shared')],
  ['src/detector', core('fs', 'net')],
];

/** A package of its own: it knows nothing of this program, and is known by its front door only. */
const EMBEDDED_POSTGRES = 'packages/embedded-postgres/src';
const packages = [
  [EMBEDDED_POSTGRES, inside(EMBEDDED_POSTGRES)],
  [EMBEDDED_POSTGRES, { path: '.', dependencyTypes: ['core'] }],
  [EMBEDDED_POSTGRES, npm('pg')],
  ['src/(composition|cli)', { path: `^${EMBEDDED_POSTGRES}/index[.]ts$` }],
];

/** What knows every layer: the composition root, and the programs that begin with it. */
const COMPOSITION = 'src/composition';
const PROGRAMS = { path: '^src/(main|cli/(detect|import|rejects))[.]ts$' };

/** The files outside every layer, by name: a new one beside them is not allowed by itself. */
const top = [
  [{ path: '^src/api/catalogue[.]ts$' }, { path: '^src/api/([^/]+/[^/]+-operations|http/operation)[.]ts$' }],
  [COMPOSITION, inside('src/(composition|api|application|domain|infrastructure)')],
  [COMPOSITION, { path: '.', dependencyTypes: ['core'] }],
  [{ path: '^src/composition/site[.]ts$' }, { path: '^package[.]json$' }],
  [PROGRAMS, inside('src/(composition|application|domain|infrastructure)')],
  [PROGRAMS, { path: '.', dependencyTypes: ['core'] }],
  [{ path: '^src/(main|composition/platform|cli/(import|rollout|token))[.]ts$' }, npm('reflect-metadata')],
  [{ path: '^src/composition/platform[.]ts$' }, npm('tsyringe')],
  // The command asks a running service over HTTP; it shares the rules that need no service.
  ['src/cli', inside('src/(cli|application|domain)')],
  ['src/cli', { path: '^src/api/(catalogue|http/operation)[.]ts$' }],
  ['src/cli', core('util', 'crypto', 'timers/promises')],
  // Tokens are made before the first start, so this command works on the database itself.
  [{ path: '^src/cli/token[.]ts$' }, inside('src/infrastructure/(environment|postgres)')],
  [{ path: '^migrations/[^/]+[.]ts$' }, npm('typeorm')],
];

const allowance = ([from, to]) => ({ from: typeof from === 'string' ? inside(from) : from, to });

module.exports = {
  allowed: [...domain, ...application, ...infrastructure, ...api, ...worker, ...detector, ...packages, ...top].map(allowance),
  allowedSeverity: 'error',
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true }, to: {} },
  ],
  options: {
    // TypeScript 7 has no compiler API. SWC's tree still has the type-only imports, which count as much as the others.
    parser: 'swc',
    // The source of a package of this repository, built or not.
    enhancedResolveOptions: { mainFields: ['types', 'main'] },
    doNotFollow: { path: '^node_modules/' },
  },
};
