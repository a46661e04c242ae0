const { resolve } = require('node:path')
// Coverage globs belong at the top level of a run with several projects.
const { collectCoverageFrom, ...lwc } = require('@salesforce/sfdx-lwc-jest/config').jestConfig

module.exports = {
  ...lwc,
  displayName: 'lwc',
  rootDir: resolve(__dirname, '..'),
  testMatch: ['<rootDir>/force-app/**/__tests__/**/*.test.ts'],
}
