import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * A reference to a secret, `{"env": "NAME"}` or `{"file": "path"}`, read once at start. Values never stand in the configuration.
 * The file's last line break is not part of the secret.
 */
export const secretSchema = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'must be {"env": "NAME"} or {"file": "path"}: a reference, never the secret itself',
  })
  .transform((reference, context) => {
    try {
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
  })

function nameOf(reference: { env: string } | { file: string }): string {
  return 'env' in reference ? `environment variable ${reference.env}` : `file ${reference.file}`
}
