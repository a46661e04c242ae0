import { RefundError } from '../errors.ts'
import type { Gateway } from '../gateways/gateway.ts'

/** One account of one gateway, open for one org. */
export interface GatewayAccount {
  readonly account: string
  readonly orgId: string
  readonly live: boolean
  readonly gateway: Gateway
}

export class GatewayAccounts {
  readonly #accounts: ReadonlyMap<string, GatewayAccount>
  readonly #sandboxes: ReadonlySet<string>

  /** @param sandboxes ids of the orgs that are sandboxes */
  constructor(accounts: readonly GatewayAccount[], sandboxes: ReadonlySet<string>) {
    this.#accounts = new Map(accounts.map((account) => [keyOf(account.gateway.name, account.account), account]))
    this.#sandboxes = sandboxes
  }

  get all(): readonly GatewayAccount[] {
    return [...this.#accounts.values()]
  }

  /** Null when no such account is configured. */
  find(gateway: string, account: string): GatewayAccount | null {
    return this.#accounts.get(keyOf(gateway, account)) ?? null
  }

  /**
   * The account, when this org may refund through it.
   * @throws RefundError `account_not_allowed`, `live_account_in_sandbox`
   */
  forOrg(orgId: string, gateway: string, account: string): GatewayAccount {
    const found = this.find(gateway, account)
    if (found?.orgId !== orgId)
      throw new RefundError('account_not_allowed', { gateway, account, field: 'gatewayAccount' })
    if (found.live && this.#sandboxes.has(orgId)) throw new RefundError('live_account_in_sandbox')
    return found
  }
}

function keyOf(gateway: string, account: string): string {
  return `${gateway}:${account}`
}
