import { existsSync, readFileSync } from 'node:fs'
import { MEMORY_FLAGS } from '../../scripts/local/middleware-process.ts'

const DOCKERFILE = readFileSync('scripts/Dockerfile', 'utf8')
const IGNORED = readFileSync('scripts/Dockerfile.dockerignore', 'utf8')

describe('the Dockerfile', () => {
  it('stands on the Node that the project is tested with, in every stage', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: { node: string }
    }
    const major = /\d+/.exec(devDependencies.node)![0]
    const images = [...DOCKERFILE.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(images.length).toBeGreaterThan(1)
    expect(new Set(images)).toEqual(new Set([`node:${major}-slim`]))
  })

  it('copies only what is there, and what reaches the builder', () => {
    const copies = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, files]) =>
      files!.split(' ').slice(0, -1),
    )
    expect(copies).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'middleware']))
    for (const file of copies) {
      expect(existsSync(file)).toBe(true)
      expect(IGNORED).toContain(`!${file}\n`)
    }
    expect(IGNORED).toMatch(/^\*$/m)
  })

  it('runs as nobody in particular, without a shell, and tells its health', () => {
    const last = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('FROM '))
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
    expect(last).toMatch(/^HEALTHCHECK [\s\S]*\/health\/live/m)
    // With the memory that everything here is measured with.
    const command = JSON.stringify(['node', ...MEMORY_FLAGS, 'dist/main.js']).replaceAll(',', ', ')
    expect(last).toContain(`\nENTRYPOINT ${command}\n`)
    expect(last).not.toMatch(/^RUN /m)
    expect([...DOCKERFILE.matchAll(/npm ci .*/g)].every(([command]) => command.includes('--ignore-scripts'))).toBe(true)
  })
})
