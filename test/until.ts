import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits for a fact, looking every 20 ms.
 * @throws the last refusal of `look`, when the fact has not come within `withinMs`
 */
export async function until<Fact>(look: () => Fact | Promise<Fact>, withinMs = 15_000): Promise<Fact> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > end) throw error
      await pause(20)
    }
  }
}
