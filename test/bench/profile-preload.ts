import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'

/** Comes before the middleware by --import: SIGUSR2 begins a profile, the end of the process writes it to $BENCH_PROFILES. */
const folder = process.env.BENCH_PROFILES!
const session = new Session()
session.connect()
process.once('SIGUSR2', () => {
  session.post('Profiler.enable')
  session.post('Profiler.start')
  process.once('exit', () =>
    // Within one process it answers before it returns.
    session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${process.pid}.cpuprofile`), JSON.stringify(profile))
    }),
  )
})
