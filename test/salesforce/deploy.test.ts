import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ofType, readPackage } from '../../scripts/salesforce/salesforce-package.ts'
import { all, textOf } from '../../scripts/salesforce/xml-element.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Stands in for the Salesforce CLI: notes what it is asked, and what lies in the folder it is to deploy. */
const FAKE_SF = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const words = process.argv.slice(2)
const file = (path) => existsSync('force-app/main/default/' + path) ? readFileSync('force-app/main/default/' + path, 'utf8') : null
const note = { words }
if (words.join(' ').startsWith('project deploy')) {
  note.named = file('namedCredentials/Refund_Relay.namedCredential-meta.xml')
  note.external = file('externalCredentials/Refund_Relay.externalCredential-meta.xml')
  note.script = file('lwc/refundPayment/refundPayment.js')
}
appendFileSync(process.env.SF_NOTES, JSON.stringify(note) + '\\n')
const answers = JSON.parse(process.env.SF_ANSWERS)
const found = Object.keys(answers).find((start) => words.join(' ').includes(start))
const answer = found === undefined ? { status: 0, result: [] } : answers[found]
if (words.includes('--json')) console.log(JSON.stringify(answer))
process.exitCode = answer.status
`

interface Note {
  readonly words: readonly string[]
  readonly named?: string | null
  readonly external?: string | null
  readonly script?: string | null
}

const answer = (result: unknown) => ({ status: 0, result })
const CERTIFICATE = { 'metadata-type Certificate': answer([{ fullName: 'Refund_Relay' }]) }
const FIELDS = all(
  ofType(readPackage(PROJECT), 'PermissionSet').find((file) => file.name === 'Refunds')?.root,
  'fieldPermissions',
).map((grant) => ({ Field: textOf(grant, 'field') }))
const READABLE = { 'FROM FieldPermissions': answer({ records: FIELDS }) }
const ASSIGNED = {
  'FROM PermissionSetAssignment': answer({
    records: [{ PermissionSet: { Name: 'Refunds' }, Assignee: { Username: 'ava@example.com' } }],
  }),
}

const GROUP = {
  'FROM GroupMember': answer({ records: [] }),
  'FROM Group ': answer({ records: [{ Id: '00G1' }] }),
  'FROM User ': answer({ records: [{ Id: '0051' }] }),
}

describe('deploy:org', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fake-sf-'))
    writeFileSync(join(folder, 'sf'), FAKE_SF)
    chmodSync(join(folder, 'sf'), 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function deploy(options: readonly string[], answers: object, path = folder) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(PROJECT, 'scripts/org/deploy.ts'), ...options],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: [path, dirname(process.execPath)].join(delimiter),
          SF_NOTES: join(folder, 'notes'),
          SF_ANSWERS: JSON.stringify(answers),
        },
      },
    )
    return { code: status, output: stdout + stderr }
  }

  const notes = (): readonly Note[] =>
    !existsSync(join(folder, 'notes'))
      ? []
      : readFileSync(join(folder, 'notes'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Note)
  const deployment = () => notes().find(({ words }) => words.slice(0, 2).join(' ') === 'project deploy')

  it('says how to install the Salesforce CLI when it is not there', () => {
    const { code, output } = deploy(['--target-org', 'dev'], {}, join(folder, 'nowhere'))
    expect(code).toBe(1)
    expect(output).toMatch(/^The Salesforce CLI \(sf\) does not run here\. Install it with: npm install --global/)
  }, 30_000)

  it('says how to log in when the org is not known', () => {
    const { code, output } = deploy(['--target-org', 'dev'], { 'org display': { status: 1, message: 'No org' } })
    expect(code).toBe(1)
    expect(output).toMatch(/not logged in to dev\. Log in with: sf org login web --alias dev/)
  }, 30_000)

  it('deploys nothing before the certificate is there, and says how to create it', () => {
    const { code, output } = deploy(['--target-org', 'dev'], {})
    expect(code).toBe(1)
    expect(output).toMatch(/The org has no certificate Refund_Relay.*Create it in Setup/)
    expect(deployment()).toBeUndefined()
  }, 30_000)

  it('refuses an address that is not https', () => {
    const { code, output } = deploy(
      ['--target-org', 'dev', '--middleware-url', 'http://refunds.example.org'],
      CERTIFICATE,
    )
    expect(code).toBe(1)
    expect(output).toMatch(/it must be like https:/)
  }, 30_000)

  it("deploys components that were emitted and credentials with the org's own values, assigns, and checks", () => {
    const { code, output } = deploy(
      ['--target-org', 'dev', '--middleware-url', 'https://refunds.shop.example', '--audience', 'shop-refunds'].concat([
        '--agents',
        'ava@example.com,bo@example.com',
        '--viewers',
        'olu@example.com',
        '--creditors',
        'cai@example.com',
        '--integration-user',
        'relay@example.com',
      ]),
      { ...CERTIFICATE, ...READABLE, ...ASSIGNED, ...GROUP },
    )
    expect(output).toMatch(/agents read \d+ fields\.\n {2}Refunds: ava@example\.com/)
    expect(code).toBe(0)
    expect(deployment()?.named).toContain('<parameterValue>https://refunds.shop.example</parameterValue>')
    expect(deployment()?.external).toContain('<parameterValue>shop-refunds</parameterValue>')
    expect(deployment()?.script).toMatch(/export default class RefundPayment/)
    const assigned = notes()
      .filter(({ words }) => words.includes('permset'))
      .map(({ words }) => words.slice(3).join(' '))
    expect(assigned).toEqual([
      '--name Refunds --on-behalf-of ava@example.com --on-behalf-of bo@example.com --target-org dev --json',
      '--name Refunds_Viewer --on-behalf-of olu@example.com --target-org dev --json',
      '--name Refunds_Credits --on-behalf-of cai@example.com --target-org dev --json',
      '--name Refunds_Integration --on-behalf-of relay@example.com --target-org dev --json',
    ])
    const created = notes().filter(({ words }) => words[1] === 'create')
    expect(created.map(({ words }) => words.slice(4, 7))).toEqual([
      ['GroupMember', '--values', 'GroupId=00G1 UserOrGroupId=0051'],
    ])
  }, 60_000)

  it('puts nobody into the group twice, and says what to do about a user who is not there', () => {
    const options = ['--target-org', 'dev', '--integration-user', 'relay@example.com']
    const answers = {
      'metadata-type NamedCredential': answer([{ fullName: 'Refund_Relay' }]),
      ...READABLE,
      ...ASSIGNED,
    }
    const member = { 'FROM GroupMember': answer({ records: [{ Id: '0111' }] }) }
    expect(deploy(options, { ...answers, ...GROUP, ...member }).output).toContain('relay@example.com is in the public')
    expect(notes().some(({ words }) => words.includes('GroupMember'))).toBe(false)
    const { code, output } = deploy(options, { ...answers, ...GROUP, 'FROM User ': answer({ records: [] }) })
    expect(code).toBe(1)
    expect(output).toMatch(/no user relay@example\.com\. In Setup, Public Groups, put relay@example\.com into/)
  }, 60_000)

  it('leaves the credentials of the org alone when it has them and no address is given', () => {
    const { code } = deploy(['--target-org', 'dev'], {
      'metadata-type NamedCredential': answer([{ fullName: 'Refund_Relay' }]),
      ...READABLE,
      ...ASSIGNED,
    })
    expect(code).toBe(0)
    expect(deployment()).toMatchObject({ named: null, external: null })
  }, 60_000)

  it('fails when agents cannot read what was deployed', () => {
    const { code, output } = deploy(['--target-org', 'dev'], {
      ...CERTIFICATE,
      ...ASSIGNED,
      'FROM FieldPermissions': answer({ records: FIELDS.slice(1) }),
    })
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`does not let agents read ${FIELDS[0]?.Field}`))
  }, 60_000)
})
