/** One thing that was looked at. */
export interface Finding {
  /** An org, an account, a host, a file. */
  readonly subject: string
  readonly what: string
  readonly detail: string
  /** Null: as it should be. */
  readonly remedy: string | null
}
