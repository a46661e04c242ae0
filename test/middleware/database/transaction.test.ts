import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { openDatabase } from '../../../middleware/database/database.ts'
import type { Database } from '../../../middleware/database/database.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'

describe('a transaction', () => {
  let db: FreshDatabase
  let database: Database
  beforeAll(async () => {
    db = await freshDatabase()
    database = openDatabase(db.url, { maxConnections: 1 })
    await database.query('CREATE TABLE notes (id int PRIMARY KEY)')
  })
  afterAll(async () => {
    await database.close()
    await db.close()
  })
  beforeEach(() => database.query('DELETE FROM notes'))

  const insert = 'INSERT INTO notes VALUES ($1) RETURNING id'
  /** By another connection: only what is committed. */
  const committed = async () =>
    (await db.database.query<{ id: number }>('SELECT id FROM notes ORDER BY id')).map(({ id }) => id)

  it('commits with its last statement', async () => {
    const rows = await database.transaction(async (tx) => {
      await tx.query(insert, [1])
      const last = await tx.last(insert, [2])
      expect(await committed()).toEqual([1, 2])
      return last
    })
    expect(rows).toEqual([{ id: 2 }])
  })

  it('is the one statement alone where its last is its first, and a refusal of that leaves the connection as it was', async () => {
    const alone = (id: number) => database.transaction((tx) => tx.last<{ id: number }>(insert, [id]))
    const process = async () => (await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]!.pid
    const before = await process()
    expect(await alone(1)).toEqual([{ id: 1 }])
    await expect(alone(1)).rejects.toThrow('duplicate key')
    expect(await committed()).toEqual([1])
    expect(await process()).toBe(before)
  })

  it('keeps nothing when its last statement fails', async () => {
    const twice = database.transaction(async (tx) => {
      await tx.query(insert, [1])
      return tx.last(insert, [1])
    })
    await expect(twice).rejects.toThrow('duplicate key')
    expect(await committed()).toEqual([])
  })

  it('keeps nothing of two statements that leave together when the first of them fails', async () => {
    const together = database.transaction(async (tx) => {
      await tx.query(insert, [1])
      return Promise.all([tx.query(insert, [1]), tx.last(insert, [2])])
    })
    await expect(together).rejects.toThrow('duplicate key')
    expect(await committed()).toEqual([])
  })

  it('does not call committed what PostgreSQL rolled back because an error was passed over', async () => {
    const passedOver = database.transaction(async (tx) => {
      await tx.query(insert, [1])
      await tx.query(insert, [1]).catch(() => {})
    })
    await expect(passedOver).rejects.toThrow('nothing was committed')
    expect(await committed()).toEqual([])
  })

  it('takes no statement behind its last one, which would be committed by itself', async () => {
    const late = database.transaction(async (tx) => {
      await tx.last(insert, [1])
      await tx.query(insert, [2])
    })
    await expect(late).rejects.toThrow('the transaction is over')
    expect(await committed()).toEqual([1])
  })

  it('goes on no further than its first statement where the server refuses BEGIN', async () => {
    const way = createServer((client) => {
      const server = connect(Number(new URL(db.url).port), '127.0.0.1')
      // Of the same length, and a real refusal by the real server.
      const spoiled = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('BEGIN', 'BEGUN'), 'latin1')
      client.on('data', (bytes) => server.write(spoiled(bytes))).on('close', () => server.destroy())
      server.on('data', (bytes) => client.write(bytes)).on('close', () => client.destroy())
    }).listen(0, '127.0.0.1')
    await once(way, 'listening')
    const url = new URL(db.url)
    url.hostname = '127.0.0.1'
    url.port = String((way.address() as AddressInfo).port)
    const refused = openDatabase(url.href)
    const work = refused.transaction(async (tx) => {
      await tx.query('SELECT 1')
      await tx.last(insert, [1])
    })
    const told = await work.then(() => 'committed', String)
    await refused.close()
    way.close()
    expect(told).toContain('the transaction is over')
    expect(await committed()).toEqual([])
  })

  it('leaves the connection fit for the next one after each of these', async () => {
    await database.transaction((tx) => tx.last('SELECT 1 / 0')).catch(() => {})
    await database.transaction((tx) => tx.last(insert, [7]))
    expect(await committed()).toEqual([7])
  })
})
