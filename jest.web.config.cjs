const all = require('./jest.config.cjs');

/** The dashboard in a browser, against the built service: `npm run test:web`. */
module.exports = { ...all, testMatch: ['<rootDir>/tests/web/**/*.test.ts'], testPathIgnorePatterns: ['/node_modules/'] };
