import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeEmbedded } from '../../middleware/database/embedded.ts'

/** What `npm start` writes below its data folder; nothing else there is touched. The built page is no data and stays. */
const OURS = ['org', 'adyen', 'braintree', 'gocardless', 'config.json', 'middleware.log', 'postgres'] as const

/** Stops a PostgreSQL that was left behind and forgets every payment and refund. Keys are kept. */
export async function forgetEverything(data: string): Promise<void> {
  if (existsSync(join(data, 'postgres'))) await removeEmbedded(join(data, 'postgres'))
  for (const name of OURS) rmSync(join(data, name), { recursive: true, force: true })
}
