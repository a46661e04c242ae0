import { getJson, messageOf, postJson } from 'relay/server'
import type { Session } from '../../../endpoints.ts'

let loaded: Session | undefined

export async function loadSession(): Promise<void> {
  try {
    loaded = await getJson<Session>('/ui/session')
  } catch (error) {
    throw new Error(messageOf(error))
  }
}

export function session(): Session {
  if (!loaded) throw new Error('The session is read before the components are evaluated (main.ts).')
  return loaded
}

/** As the platform: true, or undefined and never false. */
export const holdsPermission = (name: string): true | undefined =>
  session().permissions.includes(name) ? true : undefined

/** Becomes another user. What a user may do is read once, so the page starts again, as after a new log-in. */
export async function becomeUser(userId: string): Promise<void> {
  await postJson('/ui/session', { userId })
  window.location.reload()
}
