// A process of its own that starts the embedded PostgreSQL on a folder, says where it is, and stays until it is killed.
import { fileURLToPath, pathToFileURL } from 'node:url'

const [
  directory,
  reachableFolder,
  embedded = fileURLToPath(new URL('../../../middleware/database/embedded.ts', import.meta.url)),
] = process.argv.slice(2)
const { startEmbedded } = (await import(
  pathToFileURL(embedded).href
)) as typeof import('../../../middleware/database/embedded.ts')
const notices: string[] = []
const server = await startEmbedded({
  directory: directory!,
  ...(reachableFolder && { reachableFolder }),
  onNotice: (line) => notices.push(line),
})
console.log(JSON.stringify({ url: server.url, notices }))
setInterval(() => {}, 60_000)
