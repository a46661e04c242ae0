import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkImports } from '../../scripts/check-imports.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the direction of imports', () => {
  let copy: string
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'refund-relay-imports-'))
    cpSync(join(ROOT, 'middleware'), join(copy, 'middleware'), { recursive: true })
  })
  afterEach(() => rmSync(copy, { recursive: true }))

  it('is kept by this house', () => {
    expect(checkImports(copy)).toEqual([])
  })

  it.each([
    [
      'middleware/gateways/adyen/sql.ts',
      `import { openDatabase } from '../../database/database.ts'`,
      /gateways may not import from database/,
    ],
    [
      'middleware/work/late.ts',
      `import type { Refund } from '../refunds/refund.ts'`,
      /work may not import from refunds/,
    ],
    [
      'middleware/refunds/shortcut.ts',
      `import { AdyenGateway } from '../gateways/adyen/adyen-gateway.ts'`,
      /names one gateway/,
    ],
    [
      'middleware/http/test-mode.ts',
      `export { startLocalOrg } from '../../test/emulators/org/server.ts'`,
      /outside middleware/,
    ],
    [
      'middleware/gateways/braintree/borrowed.ts',
      `const x = await import('../adyen/adyen-gateway.ts')`,
      /one gateway may not import from another/,
    ],
    ['middleware/helpers/x.ts', '', /room "helpers" is not in the table/],
  ])('is held against %s', (path, source, finding) => {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), source)
    expect(checkImports(copy).join('\n')).toMatch(finding)
  })
})
