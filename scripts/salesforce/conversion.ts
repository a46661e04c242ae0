import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ComponentSet, ForceIgnore, MetadataConverter } from '@salesforce/source-deploy-retrieve'
import type { Finding } from './finding.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

/** The package converts to the form that is deployed, and every file that is not ignored is part of it. */
export async function checkConversion(salesforce: SalesforcePackage): Promise<readonly Finding[]> {
  const output = mkdtempSync(join(tmpdir(), 'refund-relay-package-'))
  try {
    const components = ComponentSet.fromSource(join(salesforce.directory, 'force-app'))
    await new MetadataConverter().convert(components, 'metadata', {
      type: 'directory',
      outputDirectory: output,
      genUniqueDir: false,
    })
    return unclaimed(salesforce, components)
  } catch (error) {
    return [{ file: 'force-app', message: `The package does not convert: ${(error as Error).message}` }]
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

function unclaimed(salesforce: SalesforcePackage, components: ComponentSet): readonly Finding[] {
  const ignore = ForceIgnore.findAndCreate(join(salesforce.directory, 'force-app'))
  const claimed = new Set<string>()
  for (const component of components.getSourceComponents()) {
    for (const file of [...component.walkContent(), component.xml]) if (file !== undefined) claimed.add(resolve(file))
    for (const child of component.getChildren()) if (child.xml !== undefined) claimed.add(resolve(child.xml))
  }
  return salesforce.files
    .map((file) => ({ file, path: resolve(salesforce.directory, file) }))
    .filter(({ path }) => ignore.accepts(path) && !claimed.has(path))
    .map(({ file }) => ({
      file,
      message: 'No component would deploy this file; correct its name or folder, or add it to .forceignore',
    }))
}
