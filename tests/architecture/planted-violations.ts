const imports = (what: string) => `import { x } from '${what}';\nexport const y = x;\n`;
export const importsType = (what: string) => `import type { X } from '${what}';\nexport type Y = X;\n`;

/** A project of the same shape that keeps every rule. */
export const CLEAN: Readonly<Record<string, string>> = {
  'src/main.ts': `import 'reflect-metadata';\n${imports('./composition/site')}`,
  'src/composition/site.ts': `${imports('./platform')}${imports('../api/catalogue')}`,
  'src/composition/platform.ts': `import 'tsyringe';\n`,
  'src/api/catalogue.ts': imports('./doors/door-operations'),
  'src/api/doors/door-operations.ts': `${imports('../http/operation')}export * from '../../application/doors/door-service';\n`,
  'src/api/http/operation.ts': `${importsType('../../application/rollout/router')}export * from 'express';\n`,
  'src/application/rollout/router.ts': importsType('../shared/log'),
  'src/application/shared/log.ts': 'export type X = string;\n',
  'src/application/doors/door-service.ts': `${importsType('../../domain/doors/door')}export * from '../shared/log';\n`,
  'src/domain/doors/door.ts': `${importsType('../shared/json')}export * from 'node:crypto';\n`,
  'src/domain/shared/json.ts': 'export type X = string;\n',
  'src/domain/windows/window.ts': importsType('../shared/json'),
  'src/infrastructure/postgres/pg-doors.ts': `${importsType('../../application/doors/door-service')}export * from '../../../migrations/1-doors';\n`,
  'src/infrastructure/files/disk.ts': imports('../../domain/doors/door'),
  'src/worker/watch.ts': imports('../infrastructure/ffmpeg/frames'),
  'src/infrastructure/ffmpeg/frames.ts': imports('../system/replace'),
  'src/infrastructure/system/replace.ts': imports('node:fs'),
  'migrations/1-doors.ts': importsType('typeorm'),
  'packages/embedded-postgres/src/index.ts': imports('./server'),
  'packages/embedded-postgres/src/server.ts': `${imports('pg')}export * from 'node:fs';\n`,
};

export const PACKAGES = [
  'express',
  'typeorm',
  'pg',
  'winston',
  'tsyringe',
  'class-validator',
  'reflect-metadata',
  'diff',
];

/** What is forbidden: a sentence, the file it is planted in, its text, and what the file must not reach. */
export const FORBIDDEN: readonly (readonly [
  sentence: string,
  file: string,
  text: string,
  to: string,
  rule?: string,
])[] = [
  ...['express', 'typeorm', 'pg', 'winston', 'tsyringe', 'class-validator'].flatMap((name) =>
    ['domain', 'application'].map(
      (layer) =>
        [
          `the ${layer} does not know ${name}`,
          `src/${layer}/doors/with-${name}.ts`,
          imports(name),
          `node_modules/${name}/index.js`,
        ] as const,
    ),
  ),
  ['the domain does no input or output', 'src/domain/doors/reads.ts', imports('node:fs'), 'fs'],
  ['the application does no input or output', 'src/application/doors/reads.ts', imports('node:fs'), 'fs'],
  ['the domain has no packages', 'src/domain/doors/diffs.ts', imports('diff'), 'node_modules/diff/index.js'],
  [
    'the domain does not know the application',
    'src/domain/doors/up.ts',
    importsType('../../application/doors/door-service'),
    'src/application/doors/door-service.ts',
  ],
  [
    'the domain does not know the infrastructure',
    'src/domain/doors/out.ts',
    imports('../../infrastructure/files/disk'),
    'src/infrastructure/files/disk.ts',
  ],
  [
    'the application does not know the API',
    'src/application/doors/up.ts',
    importsType('../../api/http/operation'),
    'src/api/http/operation.ts',
  ],
  [
    'the application does not know the infrastructure',
    'src/application/doors/out.ts',
    importsType('../../infrastructure/files/disk'),
    'src/infrastructure/files/disk.ts',
  ],
  [
    'the API does not know the infrastructure',
    'src/api/doors/out.ts',
    imports('../../infrastructure/files/disk'),
    'src/infrastructure/files/disk.ts',
  ],
  [
    'the infrastructure does not know the API',
    'src/infrastructure/files/up.ts',
    importsType('../../api/http/operation'),
    'src/api/http/operation.ts',
  ],
  [
    'one technology does not know another',
    'src/infrastructure/files/across.ts',
    imports('../postgres/pg-doors'),
    'src/infrastructure/postgres/pg-doors.ts',
  ],
  [
    'only postgres knows typeorm',
    'src/infrastructure/files/orm.ts',
    imports('typeorm'),
    'node_modules/typeorm/index.js',
  ],
  [
    'only the composition knows tsyringe',
    'src/infrastructure/files/injected.ts',
    imports('tsyringe'),
    'node_modules/tsyringe/index.js',
  ],
  [
    'only the platform knows tsyringe',
    'src/composition/alerts.ts',
    imports('tsyringe'),
    'node_modules/tsyringe/index.js',
  ],
  [
    'only postgres knows the migrations',
    'src/infrastructure/files/migrates.ts',
    imports('../../../migrations/1-doors'),
    'migrations/1-doors.ts',
  ],
  [
    'a migration does not know the program',
    'migrations/2-windows.ts',
    imports('../src/domain/doors/door'),
    'src/domain/doors/door.ts',
  ],
  ['a migration needs typeorm only', 'migrations/3-files.ts', imports('node:fs'), 'fs'],
  [
    'contexts of the domain meet in shared',
    'src/domain/doors/across.ts',
    importsType('../windows/window'),
    'src/domain/windows/window.ts',
  ],
  [
    'contexts of the application meet in shared',
    'src/application/windows/across.ts',
    importsType('../doors/door-service'),
    'src/application/doors/door-service.ts',
  ],
  [
    'the application uses its own context of the domain',
    'src/application/doors/window.ts',
    importsType('../../domain/windows/window'),
    'src/domain/windows/window.ts',
  ],
  [
    'contexts of the API do not meet',
    'src/api/windows/across.ts',
    importsType('../doors/door-operations'),
    'src/api/doors/door-operations.ts',
  ],
  [
    'the API uses its own context of the application',
    'src/api/windows/doors.ts',
    importsType('../../application/doors/door-service'),
    'src/application/doors/door-service.ts',
  ],
  [
    'the shared part of the domain knows no context',
    'src/domain/shared/down.ts',
    importsType('../doors/door'),
    'src/domain/doors/door.ts',
  ],
  [
    'nothing but the programs knows the composition',
    'src/api/doors/wired.ts',
    importsType('../../composition/site'),
    'src/composition/site.ts',
  ],
  [
    'a file that fits no layer is not allowed',
    'src/helpers/thing.ts',
    imports('../domain/doors/door'),
    'src/domain/doors/door.ts',
  ],
  [
    'the worker does not know the database',
    'src/worker/stores.ts',
    imports('../infrastructure/postgres/pg-doors'),
    'src/infrastructure/postgres/pg-doors.ts',
  ],
  [
    'the worker does not know the application',
    'src/worker/asks.ts',
    imports('../application/doors/door-service'),
    'src/application/doors/door-service.ts',
  ],
  [
    'nothing knows the worker',
    'src/infrastructure/files/works.ts',
    imports('../../worker/watch'),
    'src/worker/watch.ts',
  ],
  [
    'the package does not know the program',
    'packages/embedded-postgres/src/up.ts',
    imports('../../../src/domain/doors/door'),
    'src/domain/doors/door.ts',
  ],
  [
    'the program knows the package by its front door',
    'src/composition/inner.ts',
    imports('../../packages/embedded-postgres/src/server'),
    'packages/embedded-postgres/src/server.ts',
  ],
  [
    'the infrastructure does not know the package',
    'src/infrastructure/postgres/starts.ts',
    imports('../../../packages/embedded-postgres/src/index'),
    'packages/embedded-postgres/src/index.ts',
  ],
  ['a file beside the start is not allowed', 'src/other.ts', imports('./composition/site'), 'src/composition/site.ts'],
  [
    'a package that is not installed is not allowed',
    'src/application/doors/missing.ts',
    imports('left-pad'),
    'left-pad',
  ],
  ['a cycle is not allowed', 'src/domain/doors/egg.ts', importsType('./hen'), 'src/domain/doors/hen.ts', 'no-cycles'],
  [
    'a file that nothing uses is not allowed',
    'src/domain/doors/alone.ts',
    'export const x = 1;\n',
    'src/domain/doors/alone.ts',
    'no-orphans',
  ],
];
