import { readFileSync } from 'node:fs'

/** Clock ticks a second, of /proc/<pid>/stat. Source: proc(5); 100 on every Linux that Node runs on. */
const TICKS = 100
const PAGE_BYTES = 4_096

/** Milliseconds of CPU that a process has used, its kernel's part included. Linux only. */
export function cpuMs(pid: number): number {
  // The name before it may hold spaces; it ends with the last bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS
}

/** Megabytes of memory that are really there. Linux only. */
export function residentMb(pid: number): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 1e6
}
