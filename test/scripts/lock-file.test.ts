import { readFileSync } from 'node:fs'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly inBundle?: boolean
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
}

const LOCK = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
const PACKAGE = JSON.parse(readFileSync('package.json', 'utf8')) as { allowScripts: Record<string, boolean> }
const packages = Object.entries(LOCK.packages).filter(([path]) => path !== '')

describe('the lock file', () => {
  it('pins every package by a strong digest', () => {
    const weak = packages.filter(([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'))
    expect(weak.map(([path]) => path)).toEqual([])
  })

  it('takes nothing from anywhere but a registry', () => {
    const elsewhere = packages.filter(
      ([, { resolved, version }]) => resolved !== undefined || !/^\d/.test(version ?? ''),
    )
    expect(elsewhere.map(([path]) => path)).toEqual([])
  })

  it('lets no package run a script at installation that nobody has decided on', () => {
    const scripts = packages
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    expect(scripts.filter((name) => !(name in PACKAGE.allowScripts))).toEqual([])
  })
})
