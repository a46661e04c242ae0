import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'

const envReferenceSchema = z.strictObject({ env: z.string().min(1) })
const fileReferenceSchema = z.strictObject({ file: z.string().min(1) })
const referenceSchema = z.union([envReferenceSchema, fileReferenceSchema], {
  error: 'must be {"env": "NAME"} or {"file": "path"}: a reference, never the secret itself',
})

type Reference = z.output<typeof referenceSchema>

/**
 * A reference to a secret, `{"env": "NAME"}` or `{"file": "path"}`, read once at start. Values never stand in the configuration.
 * The file's last line break is not part of the secret. A file that everybody on the machine may read keeps none.
 */
export const secretSchema = referenceSchema
  .transform((reference, context) => readReference(reference, context, isOpenToAll))
  .meta({ title: 'secret' })

/** The same for what anybody may read, such as a certificate. */
export const publicFileSchema = referenceSchema
  .transform((reference, context) => readReference(reference, context, () => false))
  .meta({ title: 'reference' })

function readReference(
  reference: Reference,
  context: z.RefinementCtx,
  isRefused: (file: string) => boolean,
): string | typeof z.NEVER {
  try {
    if ('file' in reference && isRefused(reference.file)) {
      context.addIssue({
        code: 'custom',
        message: `${nameOf(reference)} can be read by everybody on this machine: chmod o-rwx it`,
      })
      return z.NEVER
    }
    const value =
      'env' in reference ? process.env[reference.env] : readFileSync(reference.file, 'utf8').replace(/\r?\n$/, '')
    if (value) return value
    context.addIssue({ code: 'custom', message: `${nameOf(reference)} is empty` })
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `${nameOf(reference)}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`,
    })
  }
  return z.NEVER
}

/** Windows keeps rights elsewhere, and shows every file as readable. */
function isOpenToAll(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o007) !== 0
}

function nameOf(reference: Reference): string {
  return 'env' in reference ? `environment variable ${reference.env}` : `file ${reference.file}`
}
