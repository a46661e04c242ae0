export { stopTestServer as default } from './database-server.mjs'
