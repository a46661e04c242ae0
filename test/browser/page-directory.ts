import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePage } from '../emulators/org/page/bundle.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Milliseconds that a cold bundle may take on a busy machine with two cores. */
export const COLD_BUNDLE_MS = 180_000

/** Folder of the page as force-app is now; the same for every test file, so that it is made once. */
export async function pageDirectory(): Promise<string> {
  const outDirectory = join(ROOT, 'dist/page')
  await bundlePage({ forceApp: join(ROOT, 'force-app'), outDirectory })
  return outDirectory
}
