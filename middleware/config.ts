import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { gatewaySettingsSchema } from './gateways/registry.ts'
import { limitsSchema } from './http/admission.ts'
import { SCHEME_NAMES } from './refunds/claim-window.ts'
import { secretSchema } from './secret.ts'
import { hostSchema, isLoopback, orgIdSchema } from './settings.ts'

/** API name, with the namespace of its package if it has one. */
const permissionSetSchema = z.string().regex(/^\w{1,80}$/)

const orgSchema = z.strictObject({
  id: orgIdSchema,
  name: z.string().min(1).max(80),
  /** A sandbox never refunds through a live gateway account. */
  sandbox: z.boolean(),
  /** Where the integration user logs in; also the audience of its assertion. */
  loginUrl: hostSchema,
  /** The org's own address: the only host that its token answer may name. */
  instanceUrl: hostSchema,
  clientId: z.string().min(1),
  username: z.string().min(3),
  /** PEM, signs the OAuth JWT bearer assertion. */
  privateKey: secretSchema,
  /** PEM certificates or public keys that sign the org's requests; two while the certificate is being changed. */
  requestCertificates: z.array(secretSchema).min(1).max(4),
  apiVersion: z
    .string()
    .regex(/^\d{2}\.0$/, 'must be like "64.0"')
    .default('64.0'),
  /** Its holders may refund. */
  permissionSet: permissionSetSchema.default('Refunds'),
  /** Its holders may send money without a payment. */
  creditsPermissionSet: permissionSetSchema.default('Refunds_Credits'),
  /** Its holders may settle by hand what no gateway tells any more. */
  settlementsPermissionSet: permissionSetSchema.default('Refunds_Admin'),
})

const FREE_MEGABYTES = 512

/** Where Prometheus reads `/metrics`: a port of its own. */
const metricsSchema = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.int().min(0).max(65535).default(9090),
    /** Whoever reads must bring it as a bearer token. */
    token: secretSchema.pipe(z.string().min(16, 'must be at least 16 characters')).optional(),
  })
  .refine(({ host, token }) => token !== undefined || isLoopback(host), {
    path: ['token'],
    message: 'must be there when the metrics can be reached from beyond this machine',
  })

const partsSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.int().min(0).max(65535).default(3000),
    /** What the org's tokens must name as their audience. */
    audience: z.string().min(1),
  }),
  limits: limitsSchema.prefault({}),
  database: z
    .union([
      z.strictObject({ url: secretSchema }),
      z.strictObject({
        embedded: z.strictObject({
          directory: z.string().min(1),
          port: z.int().min(1).max(65535).exactOptional(),
          /** With less room on the disk than this, /health/ready says no. */
          minimumFreeMegabytes: z.int().min(0).default(FREE_MEGABYTES),
        }),
      }),
    ])
    .default({ embedded: { directory: '.data/postgres', minimumFreeMegabytes: FREE_MEGABYTES } }),
  metrics: z.union([metricsSchema, z.literal(false)]).default({ host: '127.0.0.1', port: 9090 }),
  tracing: z.strictObject({ otlpUrl: hostSchema }).optional(),
  orgs: z.array(orgSchema).min(1),
  gatewayAccounts: z.array(gatewaySettingsSchema).min(1),
  /** Days for which a direct debit may still fail, so that it is not refunded yet; by scheme where one differs. */
  directDebit: z
    .strictObject({
      minimumAgeDays: z.int().min(0).max(400).default(7),
      minimumAgeDaysByScheme: z.partialRecord(z.enum(SCHEME_NAMES), z.int().min(0).max(400)).default({}),
    })
    .default({ minimumAgeDays: 7, minimumAgeDaysByScheme: {} }),
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
  const parsed = configSchema.safeParse(json)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new ConfigError(`${path} is not a valid configuration:\n${lines.join('\n')}`)
  }
  return parsed.data
}
