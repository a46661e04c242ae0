import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { ofType, readPackage } from '../salesforce/salesforce-package.ts'
import { all, textOf } from '../salesforce/xml-element.ts'
import { DeployError, SalesforceCli } from './salesforce-cli.ts'
import { PACKAGED, StagedPackage } from './staged-package.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const HELP = `Deploys the Salesforce package to an org, assigns its permission sets, and checks the result.

  npm run deploy:org -- --target-org <alias or username> [options]

  --target-org        an org that the Salesforce CLI is logged in to
  --middleware-url    where the org reaches the middleware, for example https://refunds.example.com
  --audience          server.audience in the middleware's configuration (${PACKAGED.audience})
  --certificate       the org's certificate that signs its requests (${PACKAGED.certificate})
  --agents            usernames who get the permission set Refunds, with commas; the deploying user by default
  --viewers           usernames who get Refunds_Viewer: to look on, and not to refund
  --creditors         usernames who get Refunds_Credits: to send money without a payment behind it
  --admins            usernames who get Refunds_Admin: to settle by hand what no gateway tells any more
  --integration-user  the username of the middleware's own user; gets Refunds_Integration, the set and the group
  --sample-data       also imports five payments (gives the deploying user Payments_Import)
  --test-level        Apex tests to run, for example RunLocalTests; production runs them in any case
  --dry-run           validates the deployment and changes nothing

Without --middleware-url an org that already has the Named Credential keeps its own address, audience and certificate.
The steps that cannot be deployed (certificate, external client app) stand in the README.
`

const listSchema = z.array(z.object({ fullName: z.string() }))
const querySchema = z.object({ records: z.array(z.looseObject({})) })
const idSchema = z.object({ Id: z.string() })
const fieldSchema = z.object({ Field: z.string() })
const assignmentSchema = z.object({
  PermissionSet: z.object({ Name: z.string() }),
  Assignee: z.object({ Username: z.string() }),
})

interface Options {
  readonly 'target-org'?: string
  readonly 'middleware-url'?: string
  readonly audience: string
  readonly certificate: string
  readonly agents?: string
  readonly viewers?: string
  readonly creditors?: string
  readonly admins?: string
  readonly 'integration-user'?: string
  readonly 'sample-data': boolean
  readonly 'test-level'?: string
  readonly 'dry-run': boolean
}

try {
  main()
} catch (error) {
  if (!(error instanceof DeployError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

function main(): void {
  const values = readOptions()
  if (values.help) process.stdout.write(HELP)
  else deploy(values)
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        'target-org': { type: 'string' },
        'middleware-url': { type: 'string' },
        audience: { type: 'string', default: PACKAGED.audience },
        certificate: { type: 'string', default: PACKAGED.certificate },
        agents: { type: 'string' },
        viewers: { type: 'string' },
        creditors: { type: 'string' },
        admins: { type: 'string' },
        'integration-user': { type: 'string' },
        'sample-data': { type: 'boolean', default: false },
        'test-level': { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw new DeployError(`${(cause as Error).message} See --help.`, { cause })
  }
}

function deploy(options: Options): void {
  const org = options['target-org']
  if (org === undefined) throw new DeployError('Say which org: npm run deploy:org -- --target-org <alias or username>')
  const url = options['middleware-url']
  if (url !== undefined && !/^https:\/\/[^/\s]+$/.test(url)) {
    throw new DeployError(`--middleware-url is ${url}; it must be like https://refunds.example.com, with no path.`)
  }
  const cli = new SalesforceCli(org)
  requireLogin(cli, org)
  const keepsCredentials = url === undefined && listed(cli, 'NamedCredential').includes('Refund_Relay')
  if (!keepsCredentials) requireCertificate(cli, options.certificate)

  const { audience, certificate } = options
  const staged = new StagedPackage(
    PROJECT,
    keepsCredentials ? null : { middlewareUrl: url ?? PACKAGED.middlewareUrl, audience, certificate },
  )
  try {
    const tests = options['test-level'] === undefined ? [] : ['--test-level', options['test-level']]
    const dryRun = options['dry-run'] ? ['--dry-run'] : []
    cli.run(
      staged.directory,
      'project',
      'deploy',
      'start',
      '--source-dir',
      'force-app',
      '--wait',
      '30',
      ...tests,
      ...dryRun,
    )
    if (options['dry-run']) return say('The deployment is valid; nothing was changed.')
    assign(cli, 'Refunds', options.agents?.split(','))
    const others = {
      Refunds_Viewer: options.viewers,
      Refunds_Credits: options.creditors,
      Refunds_Admin: options.admins,
      Refunds_Integration: options['integration-user'],
    }
    for (const [permissionSet, usernames] of Object.entries(others)) {
      if (usernames !== undefined) assign(cli, permissionSet, usernames.split(','))
    }
    if (others.Refunds_Integration !== undefined) joinIntegration(cli, others.Refunds_Integration.split(','))
    if (options['sample-data']) importSampleData(cli, staged.directory)
  } finally {
    staged.remove()
  }
  checkResult(cli)
  if (url === undefined && !keepsCredentials) {
    say(`The Named Credential still names ${PACKAGED.middlewareUrl}: deploy again with --middleware-url.`)
  }
}

function requireLogin(cli: SalesforceCli, org: string): void {
  try {
    cli.ask('org', 'display')
  } catch (cause) {
    throw new DeployError(
      `The Salesforce CLI is not logged in to ${org}. Log in with: sf org login web --alias ${org}`,
      { cause },
    )
  }
}

function listed(cli: SalesforceCli, type: string): readonly string[] {
  const result = cli.ask('org', 'list', 'metadata', '--metadata-type', type)
  return listSchema.parse(result ?? []).map(({ fullName }) => fullName)
}

function requireCertificate(cli: SalesforceCli, certificate: string): void {
  if (listed(cli, 'Certificate').includes(certificate)) return
  throw new DeployError(
    `The org has no certificate ${certificate}, which signs its requests to the middleware. Create it in Setup, Certificate ` +
      `and Key Management, Create Self-Signed Certificate, with the unique name ${certificate}, and deploy again.`,
  )
}

function assign(cli: SalesforceCli, permissionSet: string, usernames: readonly string[] = []): void {
  cli.ask(
    'org',
    'assign',
    'permset',
    '--name',
    permissionSet,
    ...usernames.flatMap((name) => ['--on-behalf-of', name.trim()]),
  )
  say(`${permissionSet} is assigned to ${usernames.join(', ') || 'the deploying user'}.`)
}

/** Into the public group to which a sharing rule opens payments of other owners: no permission set can say that. */
function joinIntegration(cli: SalesforceCli, usernames: readonly string[]): void {
  const group = idOf(cli, "FROM Group WHERE DeveloperName = 'Refunds_Integration' AND Type = 'Regular'")
  for (const username of usernames.map((name) => name.trim())) {
    const user = idOf(cli, `FROM User WHERE Username = '${username.replace(/['\\]/g, '\\$&')}'`)
    if (group === null || user === null) {
      throw new DeployError(
        `The org shows no ${group === null ? 'public group Refunds_Integration' : `user ${username}`}. In Setup, Public ` +
          `Groups, put ${username} into Refunds Integration: until then it cannot write what was charged back.`,
      )
    }
    if (idOf(cli, `FROM GroupMember WHERE GroupId = '${group}' AND UserOrGroupId = '${user}'`) === null) {
      const values = `GroupId=${group} UserOrGroupId=${user}`
      cli.ask('data', 'create', 'record', '--sobject', 'GroupMember', '--values', values)
    }
    say(`${username} is in the public group Refunds Integration.`)
  }
}

/** The first record's, null when there is none. */
function idOf(cli: SalesforceCli, from: string): string | null {
  const { records } = querySchema.parse(cli.ask('data', 'query', '--query', `SELECT Id ${from}`))
  return records.length === 0 ? null : idSchema.parse(records[0]).Id
}

function importSampleData(cli: SalesforceCli, directory: string): void {
  assign(cli, 'Payments_Import')
  cli.run(directory, 'data', 'import', 'tree', '--plan', 'scripts/org/sample-data/plan.json')
}

/** Reads back what was deployed: every field that agents are to read, and who holds the permission sets. */
function checkResult(cli: SalesforceCli): void {
  const query = (text: string) => querySchema.parse(cli.ask('data', 'query', '--query', text)).records
  const readable = new Set(
    query("SELECT Field FROM FieldPermissions WHERE Parent.Name = 'Refunds' AND PermissionsRead = TRUE").map(
      (record) => fieldSchema.parse(record).Field,
    ),
  )
  const missing = fieldsForAgents().filter((field) => !readable.has(field))
  if (missing.length > 0) {
    throw new DeployError(
      `The org does not let agents read ${missing.join(', ')}. Deploy again, and look for warnings above.`,
    )
  }
  say(`The org holds the package: agents read ${readable.size} fields.`)
  const assignments = query(
    'SELECT Assignee.Username, PermissionSet.Name FROM PermissionSetAssignment WHERE Assignee.IsActive = TRUE AND ' +
      "PermissionSet.Name IN ('Refunds', 'Refunds_Viewer', 'Refunds_Credits', 'Refunds_Admin', 'Refunds_Integration') ORDER BY PermissionSet.Name",
  )
  for (const record of assignments) {
    const { PermissionSet, Assignee } = assignmentSchema.parse(record)
    say(`  ${PermissionSet.Name}: ${Assignee.Username}`)
  }
}

function fieldsForAgents(): readonly string[] {
  const agents = ofType(readPackage(PROJECT), 'PermissionSet').find((file) => file.name === 'Refunds')
  return all(agents?.root, 'fieldPermissions').map((grant) => textOf(grant, 'field'))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
