import { dirname, join } from 'node:path'
import ts from 'typescript'

/** How the components are emitted: the options of force-app's own tsconfig, without source maps. */
export function lightningCompilerOptions(project: string): ts.CompilerOptions {
  const file = join(project, 'force-app/tsconfig.json')
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config?: { compilerOptions?: object } }
  const options = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, dirname(file)).options
  return {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    ...options,
    sourceMap: false,
    inlineSourceMap: false,
  }
}
