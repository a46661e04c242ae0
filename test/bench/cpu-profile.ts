import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What V8 writes with --cpu-prof. Source: Chrome DevTools Protocol, Profiler.Profile. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

const GROUPS = 16
const FUNCTIONS = 20

/** Self time by package or room, and by function, of all profiles of each middleware; idle time is left out. */
export function describeProfiles(folder: string): string {
  const parts = new Map<string, Profile[]>()
  for (const file of globSync('*/*.cpuprofile', { cwd: folder })) {
    const [name] = file.split('/')
    parts.set(name!, [...(parts.get(name!) ?? []), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile])
  }
  return [...parts].map(([name, profiles]) => describe(name, profiles)).join('\n\n')
}

function describe(name: string, profiles: readonly Profile[]): string {
  const [groups, functions] = [new Map<string, number>(), new Map<string, number>()]
  let busy = 0
  for (const { nodes, samples, timeDeltas } of profiles) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
    samples.forEach((id, place) => {
      const frame = frames.get(id)!
      if (frame.functionName === '(idle)') return
      const spent = timeDeltas[place]!
      busy += spent
      const group = groupOf(frame)
      const called = `${frame.functionName || '(anonymous)'}  ${group}`
      groups.set(group, (groups.get(group) ?? 0) + spent)
      functions.set(called, (functions.get(called) ?? 0) + spent)
    })
  }
  const top = (times: ReadonlyMap<string, number>, count: number) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([what, time]) => `  ${((time / busy) * 100).toFixed(1).padStart(5)} %  ${what}`)
  return [
    `Where the CPU of the middleware went (${name}): ${(busy / 1e6).toFixed(1)} s, self time by package or room`,
    ...top(groups, GROUPS),
    'and by function',
    ...top(functions, FUNCTIONS),
  ].join('\n')
}

function groupOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  const [, packageName] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  if (packageName !== undefined) return packageName
  const [, room] = /\/middleware\/([^/]+)/.exec(url) ?? []
  if (room !== undefined) return `middleware/${room}`
  if (url.startsWith('node:')) return url
  if (functionName === '(program)') return 'system calls and native code'
  return functionName.startsWith('(') ? functionName : 'V8'
}
