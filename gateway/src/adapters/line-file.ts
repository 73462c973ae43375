// Lines into a file or the standard output: gathered into large writes, never more in memory than allowed.
import { appendFile } from 'node:fs/promises'
import type { Log } from '../log.ts'
import type { LineSink } from '../ports/line-sink.ts'

export interface LineFileOptions {
  /** A path, or `stdout`. The file is opened for each write: who renames it for rotation need not tell us. */
  readonly target: string
  readonly log: Log
  /** Lines that wait to be written; more are dropped. 32 MB of characters when absent. */
  readonly maximumWaitingChars?: number
}

const batchChars = 64 * 1024
const flushDelayMs = 200
const complainMs = 60_000

export function createLineFile(options: LineFileOptions): LineSink {
  const { target, log, maximumWaitingChars = 32 * 1024 * 1024 } = options
  const append =
    target === 'stdout' ? toStdout : (text: string): Promise<void> => appendFile(target, text, { mode: 0o600 })
  let waiting = ''
  let waitingLines = 0
  let dropped = 0
  let complainedAtMs = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  const drop = (lines: number, error: unknown): void => {
    dropped += lines
    if (Date.now() - complainedAtMs < complainMs) return
    complainedAtMs = Date.now()
    log.warn(
      { target, dropped, error },
      'access log lines were dropped: they could not be written fast enough, or at all',
    )
  }
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    while (waiting !== '') {
      const text = waiting
      const lines = waitingLines
      waiting = ''
      waitingLines = 0
      try {
        await append(text)
      } catch (error) {
        drop(lines, error)
      }
    }
    writing = undefined
  }
  const start = (): void => {
    writing ??= flush()
  }
  return {
    write: (line) => {
      if (waiting.length + line.length > maximumWaitingChars) {
        drop(1, undefined)
        return
      }
      waiting += `${line}\n`
      waitingLines++
      if (waiting.length >= batchChars) start()
      else if (writing === undefined) timer ??= setTimeout(start, flushDelayMs).unref()
    },
    dropped: () => dropped,
    close: async () => {
      start()
      await writing
    },
  }
}

function toStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}
