import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_FOLDER } from '../server.ts'

/** An answer of the middleware, as RefundMiddlewareExamples.json holds them for Apex tests and for ours. */
export interface Example {
  readonly status: number
  readonly body: unknown
}

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** Answers every request with the example that a test chose, and keeps what it was asked. */
export interface MiddlewareDouble {
  readonly url: string
  readonly received: ReceivedRequest[]
  /** By method; null cuts the connection. */
  answers: { GET: Example | null; POST: Example | null }
  close(): Promise<void>
}

export function readExamples(): Readonly<Record<string, Example>> {
  const path = join(PACKAGE_FOLDER, 'staticresources', 'RefundMiddlewareExamples.json')
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Example>
}

export async function startMiddlewareDouble(): Promise<MiddlewareDouble> {
  const received: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { method = '', url: path = '', headers } = request
      received.push({ method, path, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) })
      const answer = double.answers[method === 'POST' ? 'POST' : 'GET']
      if (!answer) return request.socket.destroy()
      const type = answer.status >= 400 ? 'application/problem+json' : 'application/json'
      response.writeHead(answer.status, { 'content-type': type })
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const double: MiddlewareDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: { GET: null, POST: null },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
  return double
}
