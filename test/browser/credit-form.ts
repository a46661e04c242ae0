import type { Locator, Page } from 'playwright-core'

/** The form of the Credits tab that pays a customer without a payment. */
export class CreditForm {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }
  get form(): Locator {
    return this.page.locator('c-credit-customer')
  }
  async fill(label: string, value: string): Promise<void> {
    const field = this.form.getByRole('textbox', { name: label })
    // The field writes its value anew on focus, over what was typed before.
    await field.click()
    await field.fill(value)
  }
  async choose(label: string, option: string): Promise<void> {
    await this.form.getByRole('combobox', { name: label }).click()
    await this.page.getByRole('option', { name: option }).click()
  }
  async press(label: string | RegExp): Promise<void> {
    await this.form.getByRole('button', { name: label }).click()
  }
  /** What is asked before anything is sent. */
  async question(): Promise<string> {
    return (await this.form.locator('[data-id="confirming"]').innerText()).replace(/\s+/g, ' ').trim()
  }
  /** Heading of what became of it. */
  async outcomeHeading(): Promise<string> {
    const heading = this.form.locator('c-refund-outcome').getByRole('heading').first()
    await heading.waitFor()
    return (await heading.innerText()).trim()
  }
}
