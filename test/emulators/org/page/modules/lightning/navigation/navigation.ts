import type { LightningElement } from 'lwc'
import { navigateTo, recordPath } from 'relay/router'

interface PageReference {
  type: string
  attributes?: { recordId?: string; url?: string }
}

const Navigate = Symbol('Navigate')
const GenerateUrl = Symbol('GenerateUrl')

function urlOf({ type, attributes = {} }: PageReference): string {
  if (type === 'standard__recordPage' && attributes.recordId) return recordPath(attributes.recordId)
  if (type === 'standard__webPage' && attributes.url) return attributes.url
  throw new Error(`The local org has no page of type ${type}: use standard__recordPage or standard__webPage.`)
}

type Constructor = new (...parameters: never[]) => LightningElement

/** Record pages and web pages of the platform's navigation service, on the paths of this page. */
export const NavigationMixin = Object.assign(
  (Base: Constructor) =>
    class extends Base {
      async [GenerateUrl](page: PageReference): Promise<string> {
        return urlOf(page)
      }
      [Navigate](page: PageReference): void {
        if (page.type === 'standard__webPage') window.open(urlOf(page), '_blank', 'noopener')
        else navigateTo(urlOf(page))
      }
    },
  { Navigate, GenerateUrl },
)
