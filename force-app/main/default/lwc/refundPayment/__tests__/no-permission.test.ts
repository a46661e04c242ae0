import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import { openDialog, readAll } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: undefined }), { virtual: true })

it('tells a user without the permission whom to ask, shows nothing else, and asks no server', async () => {
  const dialog = await openDialog()
  expect(readAll(dialog.element)).toBe(
    'Refund You need the Refunds permission set to refund payments. Ask your administrator.',
  )
  expect(dialog.element.shadowRoot!.querySelector('lightning-button')).toBeNull()
  expect(getRefundForm).not.toHaveBeenCalled()
  expect(requestRefund).not.toHaveBeenCalled()
  await expect(dialog.element).toBeAccessible()
})
