// The same transform and database as the middleware's tests; apart, so that a run without a browser can leave it out.
const middleware = require('./jest.middleware.cjs')

module.exports = {
  ...middleware,
  displayName: 'browser',
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/'],
}
