import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Every bundle folder below `folder`, as aliases `namespace/name` of its TypeScript (or JavaScript) entry. */
export async function lwcBundles(folder: string, namespace: string): Promise<{ name: string; path: string }[]> {
  const names = await readdir(folder).catch(() => [])
  return names.flatMap((name) => {
    const entry = ['ts', 'js', 'html'].map((kind) => join(folder, name, `${name}.${kind}`)).find(existsSync)
    return entry ? [{ name: `${namespace}/${name}`, path: entry }] : []
  })
}
