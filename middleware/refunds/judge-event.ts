import type { GatewayEvent } from '../gateways/gateway.ts'
import type { RefundState } from './refund.ts'

/** The kinds that say something of one refund; `refund_accepted`: the gateway has it, as its own record shows. */
export type RefundEventKind = Extract<
  GatewayEvent['kind'],
  'refund_accepted' | 'refund_succeeded' | 'refund_failed' | 'refund_failed_late' | 'refund_reversed'
>

/** What an event says of a refund: the states it passes through, nothing new, or not yet to be judged. */
export type Judgement =
  | { readonly kind: 'move'; readonly through: readonly RefundState[] }
  | { readonly kind: 'nothing_new' }
  /** The same state, told again of a later time: an event from between the two times must no longer count. */
  | { readonly kind: 'confirmed' }
  /** Ours is behind: it is to be judged again later. */
  | { readonly kind: 'too_early' }
  /** It cannot be true of this refund: a person must look. */
  | { readonly kind: 'contradiction' }

/**
 * Judges an event by the present state and by when things happened, not by when they arrived.
 * @param newer whether the event happened later than what the present state rests on; equal times count as `false`
 * @param older whether it happened earlier
 */
export function judgeEvent(kind: RefundEventKind, state: RefundState, newer: boolean, older: boolean): Judgement {
  const open = state === 'submitting' || state === 'unknown' || state === 'pending'
  const nothingNew = { kind: 'nothing_new' } as const
  const confirmed = newer ? ({ kind: 'confirmed' } as const) : nothingNew
  if (state === 'requested') return { kind: 'too_early' }
  // Refused before money could move: yet the gateway speaks of it.
  if (state === 'rejected') return { kind: 'contradiction' }
  if (state === 'reversed') return nothingNew
  switch (kind) {
    case 'refund_accepted':
      // Said while a call is under way, its answer says the same.
      return state === 'unknown' ? { kind: 'move', through: ['pending'] } : nothingNew
    case 'refund_succeeded':
      // After a late failure only a later success counts: the gateway repaired it.
      if (open || (state === 'failed' && newer)) return { kind: 'move', through: ['succeeded'] }
      return state === 'succeeded' ? confirmed : nothingNew
    case 'refund_failed':
      if (open || (state === 'succeeded' && newer)) return { kind: 'move', through: ['failed'] }
      return state === 'failed' ? confirmed : nothingNew
    case 'refund_failed_late':
      // It follows a success by its nature, also within the same second.
      if (open || (state === 'succeeded' && !older)) return { kind: 'move', through: ['failed'] }
      return state === 'failed' ? confirmed : nothingNew
    case 'refund_reversed':
      if (state === 'pending' || state === 'succeeded') return { kind: 'move', through: ['reversed'] }
      if (open || (state === 'failed' && newer)) return { kind: 'move', through: ['succeeded', 'reversed'] }
      return nothingNew
  }
}
