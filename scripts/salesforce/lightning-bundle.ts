import type { SalesforcePackage } from './salesforce-package.ts'

/** The files of every bundle by its folder, tests and files of the build left out. */
export function lightningBundles(salesforce: SalesforcePackage): ReadonlyMap<string, readonly string[]> {
  const bundles = new Map<string, string[]>()
  for (const file of salesforce.files) {
    const [, folder] = /^(.*\/lwc\/[^/]+)\/(?!__)/.exec(file) ?? []
    if (folder === undefined || file.endsWith('.d.ts')) continue
    bundles.set(folder, [...(bundles.get(folder) ?? []), file])
  }
  // The .js beside a .ts was emitted from it, perhaps long ago.
  const emitted = (file: string) => file.endsWith('.js') && salesforce.files.includes(file.replace(/\.js$/, '.ts'))
  return new Map([...bundles].map(([folder, files]) => [folder, files.filter((file) => !emitted(file))]))
}
