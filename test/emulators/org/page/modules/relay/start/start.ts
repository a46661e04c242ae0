import { createElement } from 'lwc'
import App from 'relay/app'

export function start(place: HTMLElement): void {
  place.replaceChildren(createElement('relay-app', { is: App }))
}
