/** Why the embedded PostgreSQL cannot run: one sentence for an operator, with the remedy. */
export class EmbeddedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedError'
  }
}

/**
 * Turns what initdb or postgres wrote before they gave up into one sentence.
 * @param output their standard error; the words are PostgreSQL's own in the C locale
 */
export function explainOutput(output: string, folder: string, port: number | undefined): EmbeddedError {
  if (/No space left on device|Check free disk space|Disk quota exceeded/i.test(output)) {
    return new EmbeddedError(`The disk that holds ${folder} is full: free some space, then start again.`)
  }
  if (/could not bind .*address|Address already in use/i.test(output)) {
    return new EmbeddedError(
      `Port ${port} is already in use: name another one (database.embedded.port), or leave it out to get a free one.`,
    )
  }
  if (/Permission denied|could not access directory|has wrong ownership/i.test(output)) {
    return new EmbeddedError(
      `The database folder ${folder} belongs to another user: start as that user or as root, or name another folder (database.embedded.directory).`,
    )
  }
  if (/incompatible with server|was initialized by PostgreSQL version/i.test(output)) {
    return new EmbeddedError(
      `The database folder ${folder} was made by another version of PostgreSQL: start with the release that made it, or dump and restore it.`,
    )
  }
  const reason = lastFatal(output)
  return new EmbeddedError(
    `PostgreSQL could not start in ${folder}: ${reason} Set DATABASE_URL to use a server of your own.`,
  )
}

/** For a file operation on the folder that the system refused; any other error is returned as it is. */
export function explainRefusal(error: unknown, folder: string): unknown {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('path' in error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return explainOutput('No space left on device', folder, undefined)
  if (code === 'EACCES' || code === 'EPERM') return explainOutput('Permission denied', folder, undefined)
  return new EmbeddedError(
    `The database folder ${folder} cannot be used (${syscall}: ${code}): name another one (database.embedded.directory).`,
    { cause: error },
  )
}

function lastFatal(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const fatal = lines.findLast((line) => /FATAL|PANIC|error:/i.test(line)) ?? lines.findLast((line) => line !== '')
  const words = (fatal ?? 'it gave no reason').replace(/^.*?(FATAL|PANIC|error):\s*/i, '')
  return /[.!?]$/.test(words) ? words : `${words}.`
}
