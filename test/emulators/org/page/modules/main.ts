// First of all imports: with native shadow the page is unstyled and the combobox breaks.
import '@lwc/synthetic-shadow'
import { loadSession } from 'relay/session'

const place = document.getElementById('app')!
try {
  await loadSession()
  // Only now: what the user may do is read while the components are evaluated, as the platform does it.
  const { start } = await import('relay/start')
  start(place)
} catch (error) {
  place.textContent = `The local org does not answer: ${(error as Error).message}. Is "npm start" still running? Reload to try again.`
  place.className = 'slds-p-around_medium'
}
