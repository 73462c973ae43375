// Lines into a file or the standard output: gathered into large writes, never more in memory than allowed.
import { open, stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { LineSink } from '../ports/line-sink.ts'

export interface LineFileOptions {
  /** A path, or `stdout`. Who renames the file for rotation need not tell us. */
  readonly target: string
  readonly log: Log
  /** Lines that wait to be written; more are dropped. 32 MB when absent. */
  readonly maximumWaitingBytes?: number
}

const chunkBytes = 512 * 1024
const flushDelayMs = 200
const complainMs = 60_000
const closeMs = 1000

/** Whole lines that go to the file in one piece. */
interface Chunk {
  bytes: Buffer
  used: number
}

const emptyChunk = (leastBytes: number): Chunk => ({
  bytes: Buffer.allocUnsafeSlow(Math.max(chunkBytes, leastBytes)),
  used: 0,
})

class LineFile implements LineSink {
  private readonly output: Output
  private readonly target: string
  private readonly log: Log
  private readonly maximumWaitingBytes: number
  private filling: Chunk | undefined
  private full: Chunk[] = []
  /** A chunk that was written, to be filled again: fresh memory costs more than memory that is used again. */
  private spare: Chunk | undefined
  private waitingBytes = 0
  private droppedLines = 0
  private complainedAtMs = Number.NEGATIVE_INFINITY
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> | undefined

  constructor({ target, log, maximumWaitingBytes = 32 * 1024 * 1024 }: LineFileOptions) {
    this.output = target === 'stdout' ? standardOutput : new OpenFile(target)
    this.target = target
    this.log = log
    this.maximumWaitingBytes = maximumWaitingBytes
  }

  // Turned into bytes at once: a string put together from many lines would stay on the heap, and be copied, until it is written.
  readonly write = (line: string): void => {
    const mostBytes = line.length * 3 + 1
    let { filling } = this
    if (filling === undefined || filling.used + mostBytes > filling.bytes.length) {
      filling = this.nextChunk(mostBytes)
    }
    if (this.waitingBytes + line.length >= this.maximumWaitingBytes) return this.drop(1, undefined)
    const bytes = filling.bytes.write(line, filling.used) + 1
    filling.used += bytes
    filling.bytes[filling.used - 1] = 10
    this.waitingBytes += bytes
    if (this.writing === undefined) this.timer ??= setTimeout(this.start, flushDelayMs).unref()
  }

  readonly dropped = (): number => this.droppedLines

  readonly close = async (): Promise<void> => {
    await this.written()
    this.output.look()
    this.start()
    await this.written()
    await this.output.close()
  }

  /** A pipe that nobody reads takes nothing more: the process ends without its last lines. */
  private async written(): Promise<void> {
    if (this.writing !== undefined) await Promise.race([this.writing, sleep(closeMs, undefined, { ref: false })])
  }

  private nextChunk(leastBytes: number): Chunk {
    if (this.filling !== undefined && this.filling.used > 0) {
      this.full.push(this.filling)
      this.start()
    }
    const { spare } = this
    this.spare = undefined
    const isLargeEnough = spare !== undefined && spare.bytes.length >= leastBytes
    return (this.filling = isLargeEnough ? spare : emptyChunk(leastBytes))
  }

  private readonly start = (): void => {
    clearTimeout(this.timer)
    this.timer = undefined
    this.writing ??= this.flush()
  }

  private async flush(): Promise<void> {
    for (let chunk = this.take(); chunk !== undefined; chunk = this.take()) {
      const bytes = chunk.bytes.subarray(0, chunk.used)
      const { written, error } = await this.output.write(bytes)
      this.waitingBytes -= chunk.used
      if (error !== undefined) this.drop(linesIn(bytes.subarray(written)), error)
      chunk.used = 0
      this.spare = chunk
    }
    this.writing = undefined
  }

  private take(): Chunk | undefined {
    const chunk = this.full.shift()
    if (chunk !== undefined) return chunk
    const { filling } = this
    this.filling = undefined
    return filling?.used === 0 ? undefined : filling
  }

  private drop(lines: number, error: unknown): void {
    this.droppedLines += lines
    if (Date.now() - this.complainedAtMs < complainMs) return
    this.complainedAtMs = Date.now()
    const { target, droppedLines: dropped } = this
    this.log.warn(
      { target, dropped, error },
      'access log lines were dropped: they could not be written fast enough, or at all',
    )
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

/** How much was written; all of it, or an error. */
interface Written {
  readonly written: number
  readonly error: unknown
}

interface Output {
  readonly write: (bytes: Buffer) => Promise<Written>
  /** The next write checks again which file has the name. */
  readonly look: () => void
  readonly close: () => Promise<void>
}

const standardOutput: Output = {
  write: (bytes) =>
    new Promise((resolve) => {
      process.stdout.write(bytes, (error) => {
        resolve(
          error === null || error === undefined ? { written: bytes.length, error: undefined } : { written: 0, error },
        )
      })
    }),
  look: () => {},
  close: async () => {},
}

/** How often it is checked whether the open file still has its name. */
const lookMs = 500
const lineBreak = Buffer.from('\n')

/** A file that stays open, until another one has its name. */
class OpenFile implements Output {
  private readonly path: string
  private handle: FileHandle | undefined
  private lookedAtMs = 0
  /** Whether the last write broke off within a line. */
  private isCut = false

  constructor(path: string) {
    this.path = path
  }

  async write(bytes: Buffer): Promise<Written> {
    let written = 0
    try {
      const handle = await this.current()
      if (this.isCut) await handle.write(lineBreak)
      this.isCut = false
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
      return { written, error: undefined }
    } catch (error) {
      this.isCut ||= written > 0 && bytes[written - 1] !== 10
      return { written, error }
    }
  }

  look(): void {
    this.lookedAtMs = Number.NEGATIVE_INFINITY
  }

  async close(): Promise<void> {
    const { handle } = this
    this.handle = undefined
    await handle?.close()
  }

  private async current(): Promise<FileHandle> {
    const nowMs = performance.now()
    if (this.handle !== undefined && nowMs < this.lookedAtMs + lookMs) return this.handle
    if (this.handle !== undefined && !(await this.isNamed(this.handle))) await this.close()
    this.lookedAtMs = nowMs
    return (this.handle ??= await open(this.path, 'a', 0o600))
  }

  private async isNamed(handle: FileHandle): Promise<boolean> {
    const [named, own] = await Promise.all([stat(this.path).catch(() => undefined), handle.stat()])
    return named?.ino === own.ino && named.dev === own.dev
  }
}

/** Opens nothing yet: the file is opened for the first line. */
export function createLineFile(options: LineFileOptions): LineSink {
  return new LineFile(options)
}
