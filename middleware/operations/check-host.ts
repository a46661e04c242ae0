import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { IncomingMessage, RequestOptions } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Finding } from './finding.ts'

const PATIENCE_MS = 10_000
/** Tokens live two minutes and may be 30 s off: a clock that is further away loses requests. */
const CLOCK_APART_SECONDS = 30
const DAY_MS = 86_400_000
const CERTIFICATE_DAYS = 14

/** Whether an address answers, whose clock is how far from ours, and how long its certificate lasts. Asks for its front page. */
export async function checkHost(address: string): Promise<Finding[]> {
  const { origin } = new URL(address)
  const subject = new URL(address).host
  let answer: { response: IncomingMessage; expires: Date | null }
  try {
    answer = await head(origin)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const remedy = /CERT|SELF_SIGNED|VERIFY|TLS|SSL/.test(code ?? '')
      ? 'its certificate is not trusted: look for a proxy in between, or name your own authority in NODE_EXTRA_CA_CERTS'
      : 'check the address, DNS and the way out of this network'
    return [{ subject, what: 'answers', detail: code ?? message, remedy }]
  }
  const findings: Finding[] = [{ subject, what: 'answers', detail: `HTTP ${answer.response.statusCode}`, remedy: null }]
  const theirs = Date.parse(answer.response.headers.date ?? '')
  if (!Number.isNaN(theirs)) findings.push(clockFinding(subject, theirs, Date.now()))
  if (answer.expires) findings.push(expiryFinding(subject, answer.expires))
  return findings
}

export function clockFinding(subject: string, theirs: number, ours: number): Finding {
  const seconds = Math.round((ours - theirs) / 1_000)
  const isApart = Math.abs(seconds) > CLOCK_APART_SECONDS
  return {
    subject,
    what: 'clock',
    detail: isApart ? `ours is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}` : 'like ours',
    remedy: isApart ? 'set the clock of this machine (NTP)' : null,
  }
}

export function expiryFinding(subject: string, expires: Date): Finding {
  const days = Math.floor((expires.getTime() - Date.now()) / DAY_MS)
  return {
    subject,
    what: 'certificate',
    detail: days < 0 ? `expired on ${expires.toISOString().slice(0, 10)}` : `${days} days left`,
    remedy: days >= CERTIFICATE_DAYS ? null : 'have it renewed before it expires',
  }
}

function head(origin: string): Promise<{ response: IncomingMessage; expires: Date | null }> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method: 'HEAD', timeout: PATIENCE_MS, agent: false }
    const request = origin.startsWith('https:') ? overHttps(origin, options) : overHttp(origin, options)
    request.on('response', (response) => {
      const socket = response.socket as Partial<TLSSocket>
      const until = socket.getPeerCertificate?.()?.valid_to
      response.resume()
      resolve({ response, expires: until === undefined ? null : new Date(until) })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS / 1_000} s`)))
    request.on('error', reject)
    request.end()
  })
}
