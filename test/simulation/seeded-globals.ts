// The middleware reads time and chance from the globals and knows nothing of simulations, so these are replaced before it
// is imported: whoever starts histories imports this file first.
const RealDate = Date
const realRandomValues = crypto.getRandomValues.bind(crypto)
const realPerformance = performance.now.bind(performance)

/** Where time and chance come from; the real ones while no history runs. */
export interface Sources {
  /** Milliseconds since 1970, as the instance that is running sees them. */
  now(): number
  /** At least 0, less than 1. */
  chance(): number
}

const real: Sources = { now: () => RealDate.now(), chance: Math.random.bind(Math) }
let sources = real

export function seedGlobals(seeded: Sources | null): void {
  sources = seeded ?? real
}

/** Milliseconds of the real clock, for progress and speed. */
export const realNow = realPerformance

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [sources.now()] : given) as object,
  apply: () => new RealDate(sources.now()).toString(),
  get: (target, name) => (name === 'now' ? () => sources.now() : (Reflect.get(target, name) as unknown)),
})
Math.random = () => sources.chance()
performance.now = () => (sources === real ? realPerformance() : sources.now())
Object.defineProperty(crypto, 'getRandomValues', {
  value: <Values extends ArrayBufferView>(values: Values): Values => {
    if (sources === real) return realRandomValues(values as never) as unknown as Values
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    for (let place = 0; place < bytes.length; place++) bytes[place] = Math.floor(sources.chance() * 256)
    return values
  },
})
