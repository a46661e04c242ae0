import { explainOutput } from '../../../middleware/database/embedded-error.ts'

describe('why PostgreSQL did not start', () => {
  it.each([
    [
      'FATAL:  could not write lock file "postmaster.pid": No space left on device',
      'The disk that holds /data is full: free some space',
    ],
    [
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
      'Port 5432 is already in use: name another one',
    ],
    ['FATAL:  data directory "/data" has wrong ownership', 'belongs to another user: start as that user or as root'],
    ['FATAL:  database files are incompatible with server', 'was made by another version of PostgreSQL'],
    [
      'LOG:  starting\nFATAL:  could not map memory\nLOG:  shut down',
      'could not start in /data: could not map memory. Set DATABASE_URL',
    ],
    ['', 'could not start in /data: it gave no reason. Set DATABASE_URL'],
  ])('is one sentence with the remedy: %j', (output, sentence) => {
    const { message } = explainOutput(output, '/data', 5432)
    expect(message).toContain(sentence)
    expect(message).not.toContain('\n')
  })
})
