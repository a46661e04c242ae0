const MEGABYTE = 1024 * 1024

interface Sample {
  /** Seconds since the run began. */
  readonly at: number
  readonly bytes: number
}

/** What one process, or the line of processes at one place, had in memory over a run. */
export class Memory {
  readonly #samples: Sample[] = []

  add(at: number, bytes: number): void {
    this.#samples.push({ at, bytes })
  }

  get firstMb(): number {
    return Math.round((this.#samples[0]?.bytes ?? 0) / MEGABYTE)
  }

  get peakMb(): number {
    return Math.round(Math.max(0, ...this.#samples.map(({ bytes }) => bytes)) / MEGABYTE)
  }

  /** Least squares over the later half, when everything is warm: megabytes in a minute. */
  get slopeMbPerMinute(): number {
    const later = this.#samples.slice(Math.floor(this.#samples.length / 2))
    const mean = (read: (sample: Sample) => number) => later.reduce((sum, each) => sum + read(each), 0) / later.length
    const middle = { at: mean(({ at }) => at), bytes: mean(({ bytes }) => bytes) }
    const spread = later.reduce((sum, { at }) => sum + (at - middle.at) ** 2, 0)
    if (spread === 0) return 0
    const rise = later.reduce((sum, { at, bytes }) => sum + (at - middle.at) * (bytes - middle.bytes), 0)
    return Number((((rise / spread) * 60) / MEGABYTE).toFixed(2))
  }
}
