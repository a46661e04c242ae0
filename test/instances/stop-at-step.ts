// Loaded into a middleware before it starts (--import): stops the process, once, where the step in STOP_AT begins.
import { subscribe } from 'node:diagnostics_channel'

let stopped = false
subscribe(`tracing:refund-relay.${process.env['STOP_AT']}:start`, () => {
  if (stopped) return
  stopped = true
  process.kill(process.pid, 'SIGSTOP')
})
