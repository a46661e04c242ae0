import { Seal } from '../../../middleware/gateways/seal.ts'

describe('a seal', () => {
  const seal = new Seal('a key of sixteen characters or more')

  it('gives back what it closed, and shows none of it', () => {
    const closed = seal.close('NL91ABNA0417164300')
    expect(Buffer.from(closed, 'base64').toString('latin1')).not.toContain('ABNA')
    expect(seal.open(closed)).toBe('NL91ABNA0417164300')
  })

  it('closes the same text differently each time', () => {
    expect(seal.close('same')).not.toBe(seal.close('same'))
  })

  it('opens nothing that was changed, or closed with another key', () => {
    const bytes = Buffer.from(seal.close('text'), 'base64')
    bytes[bytes.length - 1]! ^= 1
    expect(() => seal.open(bytes.toString('base64'))).toThrow()
    expect(() => new Seal('another key of sixteen characters').open(seal.close('text'))).toThrow()
  })
})
