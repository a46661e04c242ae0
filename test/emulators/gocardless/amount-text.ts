/** For people. All of GoCardless's currencies have two decimals. */
export function money(amount: number, currency: string): string {
  const text = String(Math.abs(amount)).padStart(3, '0')
  return `${currency} ${amount < 0 ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`
}
