import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { gatewaySettingsSchema } from './gateways/registry.ts'
import { limitsSchema } from './http/admission.ts'
import { SCHEME_NAMES } from './refunds/claim-window.ts'
import { refundLimitsSchema } from './refunds/refund-limits.ts'
import { orgMistakes, sharedSecrets } from './config-safety.ts'
import { publicFileSchema, secretSchema } from './secret.ts'
import { hostSchema, isLoopback, orgIdSchema } from './settings.ts'

/** API name, with the namespace of its package if it has one. */
const permissionSetSchema = z.string().regex(/^\w{1,80}$/)

const orgSchema = z.strictObject({
  id: orgIdSchema.describe('The 18 characters of Setup → Company Information.'),
  name: z.string().min(1).max(80).describe('For people: logs, metrics, the checks of check-config.'),
  sandbox: z.boolean().describe('A sandbox never refunds through a live gateway account.'),
  loginUrl: hostSchema.describe('Where the integration user logs in; also the audience of its assertion.'),
  instanceUrl: hostSchema.describe("The org's own address: the only host that its token answer may name."),
  clientId: z.string().min(1).describe('Consumer key of the External Client App.'),
  username: z.string().min(3).describe('The integration user.'),
  privateKey: secretSchema.describe('PEM, signs the OAuth JWT bearer assertion.'),
  requestCertificates: z
    .array(publicFileSchema)
    .min(1)
    .max(4)
    .describe(
      "PEM certificates or public keys that sign the org's requests; two while the certificate is being changed.",
    ),
  apiVersion: z
    .string()
    .regex(/^\d{2}\.0$/, 'must be like "64.0"')
    .default('64.0')
    .describe('Of the REST API.'),
  permissionSet: permissionSetSchema.default('Refunds').describe('Its holders may refund.'),
  creditsPermissionSet: permissionSetSchema
    .default('Refunds_Credits')
    .describe('Its holders may send money without a payment.'),
  settlementsPermissionSet: permissionSetSchema
    .default('Refunds_Admin')
    .describe('Its holders may settle by hand what no gateway tells any more.'),
  limits: refundLimitsSchema.exactOptional(),
})

const FREE_MEGABYTES = 512

/** Where Prometheus reads `/metrics`: a port of its own. */
const metricsSchema = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('Beyond this machine only with a token.'),
    port: z.int().min(0).max(65535).default(9090).describe('Of `/metrics` alone; 0: any that is free.'),
    token: secretSchema
      .pipe(z.string().min(16, 'must be at least 16 characters'))
      .optional()
      .describe('Whoever reads must bring it as a bearer token.'),
  })
  .refine(({ host, token }) => token !== undefined || isLoopback(host), {
    path: ['token'],
    message: 'must be there when the metrics can be reached from beyond this machine',
  })

const partsSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().default('127.0.0.1').describe('Where the door is; a TLS proxy belongs in front of it.'),
    port: z.int().min(0).max(65535).default(3000).describe('0: any that is free.'),
    audience: z.string().min(1).describe("What the org's tokens must name as their audience."),
  }),
  limits: limitsSchema.prefault({}),
  database: z
    .union([
      z.strictObject({ url: secretSchema.describe('postgres://…, of a PostgreSQL that somebody runs.') }),
      z.strictObject({
        embedded: z.strictObject({
          directory: z
            .string()
            .min(1)
            .describe('Holds the cluster of the PostgreSQL that comes with npm; made if missing.'),
          port: z.int().min(1).max(65535).exactOptional().describe('A free one is chosen if none is given.'),
          minimumFreeMegabytes: z
            .int()
            .min(0)
            .default(FREE_MEGABYTES)
            .describe('With less room on the disk than this, /health/ready says no.'),
        }),
      }),
    ])
    .default({ embedded: { directory: '.data/postgres', minimumFreeMegabytes: FREE_MEGABYTES } }),
  metrics: z
    .union([metricsSchema, z.literal(false)])
    .default({ host: '127.0.0.1', port: 9090 })
    .describe('Where Prometheus reads; false: nowhere.'),
  tracing: z
    .strictObject({
      otlpUrl: hostSchema.describe('Where a collector takes OTLP over HTTP, e.g. http://127.0.0.1:4318/v1/traces.'),
    })
    .optional()
    .describe('OpenTelemetry traces: each step of a refund as a span, ids and no bodies.'),
  orgs: z.array(orgSchema).min(1),
  gatewayAccounts: z.array(gatewaySettingsSchema).min(1),
  directDebit: z
    .strictObject({
      minimumAgeDays: z.int().min(0).max(400).default(7).describe('Of every scheme that is not named.'),
      minimumAgeDaysByScheme: z
        .partialRecord(z.enum(SCHEME_NAMES), z.int().min(0).max(400))
        .default({})
        .describe('By scheme, where one differs.'),
    })
    .default({ minimumAgeDays: 7, minimumAgeDaysByScheme: {} })
    .describe(
      'Days for which a direct debit may still fail, so that it is not refunded yet; by scheme where one differs.',
    ),
  retention: z
    .strictObject({
      days: z
        .int()
        // Past every gateway's keys (29 days), the time in which one repairs a failure (10), and the longest silence.
        .min(90)
        .max(36_500)
        .describe(
          'Days after which notes, what was sent and what gateways said are erased; left out: never. 400 outlasts the 13 months of unauthorised debits.',
        ),
    })
    .optional()
    .describe('Left out, nothing is erased.'),
})

export const configSchema = partsSchema.superRefine(({ orgs, gatewayAccounts }, context) => {
  const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
  const known = new Set(orgs.map((org) => org.id))
  if (known.size < orgs.length) complain(['orgs'], 'must name each org once')
  const seen = new Set<string>()
  gatewayAccounts.forEach(({ gateway, account, org }, place) => {
    if (!known.has(org)) complain(['gatewayAccounts', place, 'org'], 'must be the id of one of the orgs above')
    if (seen.has(`${gateway}:${account}`))
      complain(['gatewayAccounts', place], `must not connect ${gateway} ${account} twice`)
    seen.add(`${gateway}:${account}`)
  })
  for (const { path, message } of orgMistakes(orgs, gatewayAccounts)) complain([...path], message)
})

export type Config = z.output<typeof configSchema>

/** What is wrong with the configuration, in lines for an operator; never a value of a secret. */
export class ConfigError extends Error {}

/**
 * Reads, checks and completes the configuration file.
 * @throws ConfigError
 */
export function readConfig(path: string): Config {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read as JSON: ${(cause as Error).message}`, { cause })
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o002) !== 0) {
    throw new ConfigError(`${path} can be changed by everybody on this machine: chmod o-w it`)
  }
  const parsed = configSchema.safeParse(json)
  const mistakes = parsed.success ? sharedSecrets(json, parsed.data) : parsed.error.issues
  if (!parsed.success || mistakes.length > 0) {
    const lines = mistakes.map((mistake) => `  ${mistake.path.join('.') || '(top)'}: ${mistake.message}`)
    throw new ConfigError(`${path} is not a valid configuration:\n${lines.join('\n')}`)
  }
  return parsed.data
}

/**
 * What the surroundings of the process must not have, whatever the configuration says.
 * @throws ConfigError
 */
export function refuseUnsafeEnvironment(environment: NodeJS.ProcessEnv): void {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    throw new ConfigError('NODE_TLS_REJECT_UNAUTHORIZED=0 would believe any server: unset it')
  }
  // It writes what is sent, keys included, to the log.
  if (/\b(http|https|http2|tls|net|undici|fetch)\b|\*/i.test(environment.NODE_DEBUG ?? '')) {
    throw new ConfigError('NODE_DEBUG would write what is sent to gateways, keys included, into the log: unset it')
  }
}
