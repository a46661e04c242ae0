import { createServer } from 'node:net'

export class PortInUseError extends Error {}

/**
 * @param ports option that chooses the port → port
 * @throws PortInUseError that names the port and the option
 */
export async function requireFreePorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [option, port] of Object.entries(ports)) {
    const busy = await isBusy(port)
    if (busy) {
      throw new PortInUseError(
        `port ${port} is in use by another program (or by another npm start). Choose another: npm start -- ${option} ${port + 1000}`,
      )
    }
  }
}

function isBusy(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)))
  })
}
