import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'rollup'
import { NODE_MODULES } from './bundle.ts'

const BASE_COMPONENTS = join(NODE_MODULES, 'lightning-base-components/src/lightning')
const ICON = /\b(utility|standard|action|doctype|custom):([a-z0-9_]+)/g
/** Base components build some names from a variant ("utility:" + variant), so that no source spells them. */
const COMPOSED = ['utility_success', 'utility_error', 'utility_warning', 'utility_info']

/**
 * Keeps the icons that are named in the sources, out of the 3,450 templates that the base components ship: bundling all
 * of them takes four times as long.
 */
export function iconSubset(folders: string[]): Plugin {
  const wanted = new Set([...COMPOSED, ...[BASE_COMPONENTS, ...folders].flatMap(iconsNamedUnder)])
  return {
    name: 'icon-subset',
    load(id) {
      const library = /iconSvgTemplates\w+?(Rtl)?[\\/]buildTemplates[\\/]templates\.js$/.exec(id)
      if (!library) return null
      // The page is written from left to right.
      const lines = library[1] ? [] : readFileSync(id, 'utf8').split('\n')
      const kept = lines.flatMap((line) => {
        const name = /default as (\w+)/.exec(line)?.[1]
        return name && wanted.has(name) ? [{ name, line }] : []
      })
      return `${kept.map(({ line }) => line).join('\n')}\nexport default { ${kept.map(({ name }) => name).join(', ')} }`
    },
  }
}

function iconsNamedUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(html|js|ts)$/.test(file) && !/iconSvgTemplates|__tests__/.test(file))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(ICON)])
    .map(([, library, name]) => `${library}_${name}`)
}
