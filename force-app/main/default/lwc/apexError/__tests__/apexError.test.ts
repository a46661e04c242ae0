import { messageOf } from 'c/apexError'

describe('the sentence of a failed call', () => {
  it('is what Apex said', () => {
    expect(messageOf({ body: { message: 'Only EUR 1.00 is left.' } }, 'nothing')).toBe('Only EUR 1.00 is left.')
  })

  it('is the first one where there are several', () => {
    expect(messageOf({ body: [{ message: 'First.' }, { message: 'Second.' }] }, 'nothing')).toBe('First.')
  })

  it.each([undefined, null, new Error('x'), {}, { body: null }, { body: [] }, { body: { message: '' } }])(
    'is our own where %p says nothing',
    (error) => {
      expect(messageOf(error, 'No answer.')).toBe('No answer.')
    },
  )
})
