const QUICK_MS = 2_000
const QUICK_FOR_MS = 2 * 60_000
const SLOW_MS = 10_000

/** When to look again: every two seconds, and after two minutes of waiting every ten. */
export class Pace {
  readonly look: () => void
  timer: ReturnType<typeof setTimeout> | undefined
  since: number | null = null

  constructor(look: () => void) {
    this.look = look
  }

  /** Something is awaited, and not for long yet. */
  get isQuick(): boolean {
    return this.since === null || Date.now() - this.since < QUICK_FOR_MS
  }

  next(): void {
    this.stop()
    this.since ??= Date.now()
    const wait = this.isQuick ? QUICK_MS : SLOW_MS
    this.timer = setTimeout(() => {
      // Nobody looks at a hidden page; it catches up when it is shown again.
      if (document.hidden) this.next()
      else this.look()
    }, wait)
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  /** Something new is awaited: quick again. */
  restart(): void {
    this.stop()
    this.since = null
  }
}
