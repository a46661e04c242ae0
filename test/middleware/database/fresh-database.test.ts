import { freshDatabase, type FreshDatabase } from '../../fresh-database.ts'

describe('a test database', () => {
  let opened: FreshDatabase[] = []
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()))
    opened = []
  })
  async function open(): Promise<FreshDatabase> {
    const fresh = await freshDatabase()
    opened.push(fresh)
    return fresh
  }

  it('is migrated, and apart from every other one, also when many are made at once', async () => {
    const many = await Promise.all([open(), open(), open(), open()])
    await many[0]!.database.query('CREATE TABLE only_here (id integer)')
    for (const { database } of many) {
      const [migrations] = await database.query<{ count: string }>(
        'SELECT count(*)::text AS count FROM schema_migrations',
      )
      expect(Number(migrations!.count)).toBeGreaterThan(0)
    }
    await expect(many[1]!.database.query('SELECT * FROM only_here')).rejects.toThrow('only_here')
  })

  it('is dropped when it is closed', async () => {
    const fresh = await freshDatabase()
    const name = new URL(fresh.url).pathname.slice(1)
    await fresh.close()
    const { database } = await open()
    expect(await database.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).toEqual([])
  })
})
