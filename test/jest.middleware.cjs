// Node projects are real ES modules (jose and jsforce are ESM-only): no module mocks, real components instead.
const { resolve } = require('node:path')

module.exports = {
  displayName: 'middleware',
  rootDir: resolve(__dirname, '..'),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/', '<rootDir>/test/browser/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/force-app/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }],
  },
  globalSetup: '<rootDir>/test/database-server.mjs',
  globalTeardown: '<rootDir>/test/database-server-stop.mjs',
}
