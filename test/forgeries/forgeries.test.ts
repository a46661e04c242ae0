import { freshDatabase } from '../fresh-database.ts'
import { storm } from './storm.ts'

it('2,000 forged webhooks change nothing, and genuine ones work afterwards', async () => {
  const db = await freshDatabase()
  try {
    const { wrong, sent, statuses } = await storm({ databaseUrl: db.url, count: 2_000, seed: 20_261_125 })
    expect(wrong).toEqual([])
    expect(Object.keys(sent)).toHaveLength(14)
    expect(statuses['401']).toBeGreaterThan(1_000)
    expect(statuses['200']).toBeGreaterThan(300)
  } finally {
    await db.close()
  }
})
