/** A button: what a person, time or a bank can make of something as it stands. */
export interface Step {
  readonly label: string
  /** E.g. `/_local/settle`. */
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
  /** Decimal text that a person may change before pressing; sent as `amount`. */
  readonly amount?: string
}

/** A payment, or something that came of it, with its buttons. */
export interface Situation {
  /** "Payment", "Refund of EUR 20.00" … */
  readonly what: string
  /** How it stands. */
  readonly state: string
  readonly reference: string
  readonly steps: readonly Step[]
}
