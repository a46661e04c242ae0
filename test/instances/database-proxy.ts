import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export type CommitFault =
  /** The commit never reaches the server. */
  | 'lost_on_the_way'
  /** The server commits; its answer never comes back. */
  | 'answer_lost'

/** ReadyForQuery, outside of a transaction. Source: PostgreSQL's message formats. */
const IDLE = Buffer.from('Z\0\0\0\x05I', 'latin1')

/** Between the middleware and PostgreSQL: leads to another server when told so, and cuts a line in the middle of a commit. */
export class DatabaseProxy {
  readonly #server = createServer((client) => this.#join(client))
  readonly #sockets = new Set<Socket>()
  #target: number
  #fault: { readonly text: string; readonly fault: CommitFault } | null = null
  #fired = 0
  #silent = new WeakSet<Socket>()

  constructor(target: number) {
    this.#target = target
  }

  /** @returns the URL of the same database through the proxy */
  async listen(databaseUrl: string): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const url = new URL(databaseUrl)
    url.hostname = '127.0.0.1'
    url.port = String((this.#server.address() as AddressInfo).port)
    return url.href
  }

  /** Where new connections lead to. */
  leadTo(port: number): void {
    this.#target = port
  }

  /** What happens to the statement that carries this text, which is a transaction by itself. */
  onCommitOf(text: string, fault: CommitFault): void {
    this.#fault = { text, fault }
  }

  /** Every line that is open now stays so, and nothing goes over it any more, as when a firewall has forgotten it. */
  silenceLines(): void {
    for (const socket of this.#sockets) this.#silent.add(socket)
  }

  /** How often a fault of a commit has happened. */
  get fired(): number {
    return this.#fired
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #join(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    let answerIsLost = false
    const cut = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (bytes) => {
      if (this.#silent.has(client)) return
      const due = this.#fault
      if (due && bytes.includes(due.text)) {
        this.#fault = null
        this.#fired++
        if (due.fault === 'lost_on_the_way') return cut()
        answerIsLost = true
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (this.#silent.has(server)) return
      // Not before it is done.
      if (answerIsLost && bytes.includes(IDLE)) cut()
      else if (!answerIsLost) client.write(bytes)
    })
  }
}
