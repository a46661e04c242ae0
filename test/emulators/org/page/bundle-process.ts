import { cp } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import lwcPlugin from '@lwc/rollup-plugin'
import replacePlugin from '@rollup/plugin-replace'
import { rollup } from 'rollup'
import type { Plugin, RollupLog } from 'rollup'
import ts from 'typescript'
import { NODE_MODULES } from './bundle.ts'
import type { BundleMessage } from './bundle.ts'
import { iconSubset } from './icon-subset.ts'
import { lwcBundles } from './lwc-bundles.ts'
import { salesforceModules } from './salesforce-modules.ts'

// Their types are written for CommonJS, what is imported is the ES module.
const lwc = lwcPlugin as unknown as typeof lwcPlugin.default
const replace = replacePlugin as unknown as typeof replacePlugin.default

const PAGE = dirname(fileURLToPath(import.meta.url))
const MODULES = join(PAGE, 'modules')
const ENTRY = join(MODULES, 'main.ts')
const SLDS = join(NODE_MODULES, '@salesforce-ux/design-system/assets')
const STYLESHEET = 'styles/salesforce-lightning-design-system.min.css'
/** Modules of a cold bundle, counted once: only the progress bar depends on it. */
const MODULES_EXPECTED = 620

const tell = (message: BundleMessage): void => void process.send?.(message)

/** The LWC compiler does not strip types. */
function stripTypes(): Plugin {
  return {
    name: 'strip-types',
    transform(code, id) {
      const fileName = id.split('?')[0]!
      if (!fileName.endsWith('.ts')) return null
      const { outputText } = ts.transpileModule(code, {
        fileName,
        compilerOptions: {
          target: ts.ScriptTarget.ESNext,
          module: ts.ModuleKind.ESNext,
          useDefineForClassFields: true,
          verbatimModuleSyntax: true,
        },
      })
      return { code: outputText, map: null }
    },
  }
}

function progress(): Plugin {
  let transformed = 0
  return {
    name: 'progress',
    transform() {
      transformed += 1
      if (transformed % 20 === 0) tell({ progress: Math.min(0.99, transformed / MODULES_EXPECTED) })
      return null
    },
  }
}

function refuse(log: RollupLog): void {
  if (log.code === 'UNRESOLVED_IMPORT') {
    throw new Error(
      `${log.exporter} (imported by ${log.id?.split('?')[0]}) is neither a base component nor a module of this package. ` +
        `Correct the import, or add a stand-in for it under ${MODULES}.`,
    )
  }
}

async function bundle(forceApp: string, outDirectory: string): Promise<void> {
  const bundled = await rollup({
    input: ENTRY,
    onwarn: refuse,
    plugins: [
      progress(),
      replace({
        preventAssignment: true,
        values: {
          'process.env.NODE_ENV': JSON.stringify('production'),
          'process.env.IS_BROWSER': 'true',
          'import.meta.env.SSR': 'false',
        },
      }),
      iconSubset([MODULES, join(forceApp, 'lwc')]),
      salesforceModules(forceApp),
      stripTypes(),
      lwc({
        rootDir: MODULES,
        exclude: [ENTRY],
        // Without it lightning-combobox throws "attachInternals API is not supported".
        enableSyntheticElementInternals: true,
        modules: [
          ...(await lwcBundles(join(forceApp, 'lwc'), 'c')),
          ...(await lwcBundles(join(MODULES, 'relay'), 'relay')),
          ...(await lwcBundles(join(MODULES, 'lightning'), 'lightning')),
          { npm: 'lightning-base-components' },
        ],
      }),
    ],
  })
  await bundled.write({ dir: outDirectory, format: 'esm', chunkFileNames: '[name]-[hash].js' })
  await bundled.close()
  await copyStyles(outDirectory)
}

async function copyStyles(outDirectory: string): Promise<void> {
  for (const file of ['index.html', 'page.css']) await cp(join(PAGE, file), join(outDirectory, file))
  // Its images are avatars and banners that nothing here shows, its icons are in the bundle.
  await cp(join(SLDS, STYLESHEET), join(outDirectory, 'slds', STYLESHEET))
}

const [, , forceApp, outDirectory] = process.argv
if (!forceApp || !outDirectory) throw new Error('bundle-process.ts is started by bundlePage with two folders.')
try {
  await bundle(forceApp, outDirectory)
  tell({ done: true })
} catch (error) {
  const { message, id, loc } = error as RollupLog
  const place = id ? ` (${id.split('?')[0]}${loc ? `:${loc.line}` : ''})` : ''
  tell({ failure: `The page could not be bundled: ${message}${place}` })
}
// Other modules may still be in transformation after a failure; what they had to say is of no use then.
process.send?.(null, () => process.exit())
