import type { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { channelOf, STATE_CHANNEL, STEPS } from '../trace.ts'
import type { Step, StepFacts } from '../trace.ts'

/** A step that has ended. */
export interface EndedStep {
  readonly step: Step
  readonly facts: StepFacts
  readonly durationMs: number
  /** What the step gave; undefined when it threw. */
  readonly result?: unknown
  readonly error?: unknown
}

export interface StepWatcher<Scope = never> {
  /** What `enter` gives stands in here for everything that the step does. */
  readonly storage?: AsyncLocalStorage<Scope>
  /** @param token the same object at the end of the step */
  enter?(step: Step, token: object, facts: StepFacts): Scope
  onEnd(ended: EndedStep, token: object): void
  onState?(state: { readonly gateway: string; readonly state: string }): void
}

type Message = StepFacts & { readonly result?: unknown; readonly error?: unknown; [begun: symbol]: number }

/**
 * Tells a watcher of every step of this process; the one place that listens to the channels of trace.ts.
 * @returns what ends it
 */
export function watchSteps<Scope = never>(watcher: StepWatcher<Scope>): () => void {
  // Of this watcher: when a step began, kept on the step itself.
  const begun = Symbol('begun')
  const endings = STEPS.map((step) => {
    const listeners = {
      start(message: object) {
        ;(message as Message)[begun] = performance.now()
      },
      end() {},
      asyncStart() {},
      asyncEnd(message: object) {
        const { result, error, [begun]: since, ...facts } = message as Message
        // It began before anybody watched.
        if (since === undefined) return
        const outcome = error === undefined ? { result } : { error }
        watcher.onEnd({ step, facts, durationMs: performance.now() - since, ...outcome }, message)
      },
      error() {},
    }
    const channel = channelOf(step)
    const { storage } = watcher
    if (storage) channel.start.bindStore(storage, (message) => watcher.enter!(step, message, message as Message))
    channel.subscribe(listeners)
    return () => {
      channel.unsubscribe(listeners)
      if (storage) channel.start.unbindStore(storage)
    }
  })
  const onState = (message: unknown) => watcher.onState?.(message as { gateway: string; state: string })
  subscribe(STATE_CHANNEL, onState)
  return () => {
    for (const end of endings) end()
    unsubscribe(STATE_CHANNEL, onState)
  }
}
