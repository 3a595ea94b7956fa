module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts', '<rootDir>/packages/*/tests/**/*.test.ts'],
  // Its source as it stands, not what was built of it last.
  moduleNameMapper: { '^@watchgate/embedded-postgres$': '<rootDir>/packages/embedded-postgres/src/index.ts' },
  // In a browser: `npm run test:web`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/web/'],
  watchman: false,
  maxWorkers: 2,
  // What hangs is found; what is slow on a busy machine is not a fault.
  testTimeout: 180_000,
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
