const { resolve } = require('node:path')
// Coverage globs belong at the top level of a run with several projects.
const { collectCoverageFrom, ...lwc } = require('@salesforce/sfdx-lwc-jest/config').jestConfig

module.exports = {
  ...lwc,
  displayName: 'lwc',
  rootDir: resolve(__dirname, '..'),
  testMatch: ['<rootDir>/force-app/**/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  setupFilesAfterEnv: [...lwc.setupFilesAfterEnv, '<rootDir>/test/platform-stubs/setup.cjs'],
  // The preset's stubs draw nothing; those that a person types into, presses or hears draw native elements here.
  moduleNameMapper: {
    '^lightning/(actions|button|card|combobox|icon|input|quickActionPanel|spinner)$':
      '<rootDir>/test/platform-stubs/lightning/$1/$1.ts',
  },
}
