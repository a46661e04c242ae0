import { readdirSync, readFileSync } from 'node:fs'

/** API names of the fields of an object that can be written, as the package deploys it. */
export function writableFields(object: string): string[] {
  const folder = `force-app/main/default/objects/${object}/fields`
  return readdirSync(folder)
    .filter((file) => !/<formula>|<type>Summary</.test(readFileSync(`${folder}/${file}`, 'utf8')))
    .map((file) => file.split('.')[0]!)
    .sort()
}

/** What a restricted picklist takes. */
export function picklistValues(object: string, field: string): string[] {
  const xml = readFileSync(`force-app/main/default/objects/${object}/fields/${field}.field-meta.xml`, 'utf8')
  return [...xml.matchAll(/<value>\s*<fullName>([^<]+)</g)].map(([, value]) => value!)
}
