import type { Figure } from './measure.ts'
import { reaches } from './measure.ts'

/** One line a figure: what, how much, the aim, whether it is reached. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${numberText(figure.value)}${figure.unit && ` ${figure.unit}`}`,
    aimText(figure),
    { true: 'reached', false: 'MISSED', null: '' }[String(reaches(figure)) as 'true' | 'false' | 'null'],
    figure.note ?? '',
  ])
  const lines = [['measure', 'figure', 'aim', '', ''], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)))
  const padded = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return padded.join('\n')
}

function aimText({ aim }: Figure): string {
  if (aim === undefined) return ''
  return 'atLeast' in aim ? `≥ ${numberText(aim.atLeast)}` : `≤ ${numberText(aim.atMost)}`
}

/** Three digits that count; whole from a hundred on. */
function numberText(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

const QUIET_MS = 10_000

export interface Progress {
  begin(what: string): void
  say(line: string): void
  end(): void
}

/** A line that is rewritten on a terminal; elsewhere at most one line every ten seconds, beside one for each beginning. */
export function progressOf(stream: NodeJS.WriteStream): Progress {
  let what = ''
  let lastAt = 0
  const started = performance.now()
  const show = (line: string, always: boolean) => {
    const stamped = `${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${what}  ${line}`.trimEnd()
    if (stream.isTTY) return void stream.write(`\r\x1b[K${stamped.slice(0, stream.columns - 1)}`)
    if (!always && performance.now() - lastAt < QUIET_MS) return
    lastAt = performance.now()
    stream.write(`${stamped}\n`)
  }
  return {
    begin(name) {
      what = name
      show('', true)
    },
    say: (line) => show(line, false),
    end: () => void (stream.isTTY && stream.write('\r\x1b[K')),
  }
}
