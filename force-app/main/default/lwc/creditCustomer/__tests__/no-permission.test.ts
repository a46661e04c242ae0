import { createElement } from 'lwc'
import getCreditForm from '@salesforce/apex/CreditController.getCreditForm'
import CreditCustomer from 'c/creditCustomer'

jest.mock('@salesforce/apex/CreditController.getCreditForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/CreditController.requestCredit', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Credits', () => ({ default: undefined }), { virtual: true })

it('tells a user without the permission whom to ask, shows no form, and asks no server', async () => {
  const element = createElement('c-credit-customer', { is: CreditCustomer })
  document.body.appendChild(element)
  await Promise.resolve()
  expect(element.shadowRoot!.querySelector('[data-id="refusal"]')!.textContent).toBe(
    'You need the Refunds Credits permission set to pay a customer without a payment. Ask your administrator.',
  )
  expect(element.shadowRoot!.querySelector('lightning-button, lightning-input')).toBeNull()
  expect(getCreditForm).not.toHaveBeenCalled()
  await expect(element).toBeAccessible()
  document.body.replaceChildren()
})
