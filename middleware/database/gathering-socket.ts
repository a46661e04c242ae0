import { Socket } from 'node:net'

/**
 * What is written to it in one turn of the event loop leaves in one piece: statements that do not wait for one another cost one call of
 * the kernel, and the server wakes once. Under TLS they leave as they come.
 */
export function gatheringSocket(): Socket {
  const socket = new Socket()
  // Not before: connect() puts the write of its class in place.
  socket.once('connect', () => gather(socket))
  return socket
}

function gather(socket: Socket): void {
  const write = socket.write.bind(socket) as (...what: unknown[]) => boolean
  let isGathering = false
  socket.write = (...what: unknown[]) => {
    if (!isGathering) {
      isGathering = true
      socket.cork()
      process.nextTick(() => {
        isGathering = false
        socket.uncork()
      })
    }
    return write(...what)
  }
}
