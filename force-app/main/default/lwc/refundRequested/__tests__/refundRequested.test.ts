import { onRefundRequested, refundRequested } from 'c/refundRequested'

describe('word of a requested refund', () => {
  it('reaches those who listen to that payment, and nobody else', () => {
    const heard: string[] = []
    const ends = [
      onRefundRequested('payment-1', (id) => heard.push(`first ${id}`)),
      onRefundRequested('payment-1', (id) => heard.push(`second ${id}`)),
      onRefundRequested('payment-2', (id) => heard.push(`other ${id}`)),
    ]
    refundRequested('payment-1', 'refund-1')
    ends.forEach((end) => end())
    refundRequested('payment-1', 'refund-2')
    expect(heard).toEqual(['first refund-1', 'second refund-1'])
  })

  it('is no trouble where nobody listens', () => {
    expect(() => refundRequested('payment-3', null)).not.toThrow()
  })
})
