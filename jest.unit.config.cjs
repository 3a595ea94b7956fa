const { globalSetup, globalTeardown, ...rest } = require('./jest.config.cjs');

// No database: what is tested here needs none.
module.exports = { ...rest, testMatch: ['<rootDir>/tests/unit/**/*.test.ts'] };
