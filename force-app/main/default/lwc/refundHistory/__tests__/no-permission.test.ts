import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import { asked, readAll, settle, showHistory, WITH_ONE_UNDER_WAY } from './shown-history.ts'

jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: undefined }), { virtual: true })

it('shows refunds to a user without the permission, but no amount to refund, and leaves the middleware alone', async () => {
  jest.useFakeTimers()
  const card = await showHistory({ ...WITH_ONE_UNDER_WAY, refundable: '70.50' })
  expect(card.lines).toHaveLength(2)
  expect(readAll(card.element)).not.toContain('70.50')
  expect(readAll(card.element)).toContain('Of EUR 120.50: 20.00 refunded. 30.00 under way.')
  jest.advanceTimersByTime(2_000)
  await settle()
  expect(asked()).not.toContain(true)
  expect(getRefundHistory).toHaveBeenCalled()
  document.body.replaceChildren()
})
