import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { launchBrowser } from '../../browser/launch-browser.ts'
import { Visitor } from '../../browser/pages.ts'
import { until } from '../../until.ts'
import type { Figure, Measure } from '../measure.ts'
import { median } from '../statistics.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PAYMENT = 'PAY-000000001'
const COLD_MS = 240_000

export const start: Measure = {
  name: 'start',
  about:
    'Seconds from `npm start` until its page shows the payments in a browser, warm: with the page built and the databases there from a run\n' +
    'before. Kilobytes of the page as they go over the wire, and the time from pressing Refund until the amount can be typed.',
  async run(context) {
    const data = join(context.directory, 'start')
    const browser = await launchBrowser()
    try {
      context.progress('a first start, which builds the page')
      await (await startProduct(data)).stop()
      const [starts, dialogs, firsts]: [number[], number[], number[]] = [[], [], []]
      let weight = 0
      for (let round = 0; round < Math.min(context.rounds, 3); round++) {
        context.progress('a warm start')
        const began = performance.now()
        const product = await startProduct(data)
        const visitor = await Visitor.arrive(browser, product.url)
        try {
          weight = 0
          const network = await visitor.page.context().newCDPSession(visitor.page)
          await network.send('Network.enable')
          network.on('Network.loadingFinished', ({ encodedDataLength }) => (weight += encodedDataLength))
          const opened = performance.now()
          await visitor.openPayments()
          await visitor.page.locator('relay-payment-list').getByRole('link', { name: PAYMENT }).waitFor()
          starts.push((performance.now() - began) / 1_000)
          firsts.push(performance.now() - opened)
          const payment = await visitor.openPayment(PAYMENT)
          await payment.refundButton.waitFor()
          const pressed = performance.now()
          const dialog = await payment.pressRefund()
          await until(async () => {
            if (!(await dialog.amount.isEditable())) throw new Error('the amount cannot be typed yet')
          })
          dialogs.push(performance.now() - pressed)
        } finally {
          await visitor.leave()
          await product.stop()
        }
      }
      const figures: Figure[] = [
        { name: 'npm start, warm, to a usable page', value: median(starts), unit: 's', aim: { atMost: 10 } },
        {
          name: 'weight of the page, list and record',
          value: weight / 1_000,
          unit: 'kB',
          note: 'as sent, not compressed',
        },
        { name: 'page to its payments', value: median(firsts), unit: 'ms' },
        { name: 'press Refund to a dialog that takes input', value: median(dialogs), unit: 'ms' },
      ]
      return figures
    } finally {
      await browser.close()
    }
  },
}

interface Product {
  readonly url: string
  stop(): Promise<void>
}

async function startProduct(data: string): Promise<Product> {
  const [middleware, org, adyen, braintree, gocardless, metrics] = await freePorts(6)
  const named = { '--port': middleware, '--org-port': org, '--adyen-port': adyen, '--braintree-port': braintree }
  const ports = { ...named, '--gocardless-port': gocardless, '--metrics-port': metrics }
  const options = Object.entries(ports).flatMap(([option, port]) => [option, String(port)])
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start-local.ts'), '--data', data, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => {
    if (child.exitCode !== null) throw new Error(`npm start ended: ${said}`)
    if (!said.includes('Ctrl-C stops everything')) throw new Error('npm start has not said that it runs')
  }, COLD_MS)
  return {
    url: `http://127.0.0.1:${org}`,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}
