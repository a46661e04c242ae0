import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { refundsCommand } from './refunds-command.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

describe('the roles of the database', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  const refunded = async () => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    await world.record(asked.body.refund.id, 'Refunded')
    return asked.body.refund.id
  }
  const configFor = (databaseUrl: string) => {
    const config = JSON.parse(readFileSync(world.configPath, 'utf8')) as Record<string, unknown>
    const file = `${world.configPath}.url`
    writeFileSync(file, databaseUrl, { mode: 0o600 })
    const path = `${world.configPath}.changed.json`
    writeFileSync(path, JSON.stringify({ ...config, database: { url: { file } } }), { mode: 0o600 })
    return path
  }

  it('let the service, as nobody but a member of its own, take a refund from the button to the money and back', async () => {
    const id = await refunded()
    const users = await world.database.database.query(
      `SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND application_name NOT LIKE 'relay-%'`,
    )
    expect(users).toEqual([{ usename: 'refund_relay_test_service' }])
    const states = await world.database.database.query(
      'SELECT to_state FROM refund_changes WHERE refund_id = $1 ORDER BY id',
      [id],
    )
    expect(states).toEqual(['submitting', 'pending', 'succeeded'].map((to_state) => ({ to_state })))
  })

  it('let whoever only looks list and read refunds with the same command, and settle nothing', async () => {
    const id = await refunded()
    const config = configFor(world.database.readerUrl)
    expect(await refundsCommand(config, 'list')).toMatchObject({ code: 0, err: '' })
    expect((await refundsCommand(config, 'show', id)).out).toMatch(/pending +succeeded/)
    const settled = await refundsCommand(config, 'settle', id, '--as', 'failed', '--reason', 'not in the portal')
    expect(settled).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^refunds: permission denied for table \w+\n$/),
    })
  })

  it('have the service say in one line, before it takes anything, that the owner must migrate first', async () => {
    const [last] = await world.database.database.query<{ name: string }>(
      'DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations) RETURNING name',
    )
    const child = spawn(process.execPath, ['middleware/main.ts', '--config', configFor(world.database.serviceUrl)])
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, err }).toEqual({
      code: 1,
      err: `refund-relay: The database lacks ${last!.name}. The user refund_relay_test_service may not change the tables: run "npm run migrate" as their owner, see "Database roles" in the README (permission denied for schema public).\n`,
    })
  })
})
