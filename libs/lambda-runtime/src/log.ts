// A sandbox's log: platform lines in Lambda's format, the lines of raw output, the tail, and a brake on floods.
import { randomBytes } from 'node:crypto'
import type { FunctionDefinition, LogSink } from './definition.ts'
import { timeoutSeconds } from './faults.ts'

const tailBytes = 4096

/** `2026/11/20/[$LATEST]…`: the log stream of one sandbox. */
export function logStreamName(version: string, now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll('-', '/')}/[${version}]${randomBytes(16).toString('hex')}`
}

/** The log group of a function: its own, or Lambda's default. */
export function logGroupName(definition: FunctionDefinition): string {
  return definition.logGroupName ?? `/aws/lambda/${definition.name}`
}

/** The facts in the REPORT line (Security L.4). */
export interface Report {
  readonly requestId: string
  readonly durationMs: number
  readonly memoryMb: number
  readonly maxMemoryUsedMb: number
  readonly initDurationMs: number | undefined
  /** Type of a failure of the sandbox itself, such as `Sandbox.Timedout`. */
  readonly platformErrorType: string | undefined
}

/** Milliseconds rounded up (?); the start of a sandbox is not billed. */
export function billedDurationMs(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs))
}

/** The REPORT line, fields parted by tabs, as Lambda writes it. */
export function reportLine(report: Report): string {
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedDurationMs(report.durationMs)} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
  ]
  if (report.initDurationMs !== undefined) fields.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`)
  if (report.platformErrorType === 'Sandbox.Timedout') fields.push('Status: timeout')
  else if (report.platformErrorType !== undefined) fields.push(`Status: error\tError Type: ${report.platformErrorType}`)
  return `${fields.join('\t')}\t`
}

/** `2026-11-20T07:00:00.000Z ID Task timed out after 3.00 seconds`. */
export function timeoutLine(requestId: string, timeoutMs: number, now: Date): string {
  return `${now.toISOString()} ${requestId} Task timed out after ${timeoutSeconds(timeoutMs)} seconds`
}

/** The last 4 KB of what was logged during one invocation. */
export class LogTail {
  #lines: string[] = []
  #characters = 0

  add(line: string): void {
    this.#lines.push(line)
    this.#characters += line.length + 1
    while (this.#lines.length > 1 && this.#characters - (this.#lines[0]?.length ?? 0) - 1 >= tailBytes) {
      this.#characters -= (this.#lines.shift()?.length ?? 0) + 1
    }
  }

  /** At most 4,096 bytes of UTF-8, never beginning inside a character. */
  text(): string {
    const bytes = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''))
    let start = Math.max(0, bytes.length - tailBytes)
    while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
    return bytes.subarray(start).toString()
  }
}

/** Writes one sandbox's log to the sink and, while an invocation wants it, to a tail. */
export class SandboxLog {
  readonly groupName: string
  readonly streamName: string
  readonly #functionKey: string
  readonly #sink: LogSink | undefined
  tail: LogTail | undefined

  constructor(definition: FunctionDefinition, sink: LogSink | undefined) {
    this.groupName = logGroupName(definition)
    this.streamName = logStreamName(definition.version, new Date())
    this.#functionKey = definition.key
    this.#sink = sink
  }

  /** Whether anybody listens; if not, lines need not be made. */
  get wanted(): boolean {
    return this.#sink !== undefined || this.tail !== undefined
  }

  write(message: string): void {
    this.tail?.add(message)
    if (this.#sink === undefined) return
    try {
      this.#sink({
        functionKey: this.#functionKey,
        logGroupName: this.groupName,
        logStreamName: this.streamName,
        timestampMs: Date.now(),
        message,
      })
    } catch {
      // A sink that throws must not end the sandbox that wrote the line.
    }
  }
}

/** Cuts raw output into lines; a line without end is cut at the limit. */
export class LineSplitter {
  readonly #limitBytes: number
  readonly #line: (text: string) => void
  /** Pieces of a line that has not ended yet. */
  #parts: Buffer[] = []
  #heldBytes = 0

  constructor(limitBytes: number, line: (text: string) => void) {
    this.#limitBytes = limitBytes
    this.#line = line
  }

  feed(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      if (this.#heldBytes === 0 && end - start <= this.#limitBytes) {
        this.#line(chunk.toString('utf8', start, end))
      } else {
        this.#hold(chunk.subarray(start, end))
        this.#emit()
      }
      start = end + 1
    }
    this.#hold(chunk.subarray(start))
  }

  /** Emits the rest, which has no line break after it. */
  flush(): void {
    if (this.#heldBytes > 0) this.#emit()
  }

  #hold(piece: Buffer): void {
    let rest = piece
    while (this.#heldBytes + rest.length > this.#limitBytes) {
      const fitting = this.#limitBytes - this.#heldBytes
      this.#parts.push(Buffer.from(rest.subarray(0, fitting)))
      this.#emit()
      rest = rest.subarray(fitting)
    }
    if (rest.length === 0) return
    // A copy: what is held must not keep the reader's far larger buffer alive.
    this.#parts.push(Buffer.from(rest))
    this.#heldBytes += rest.length
  }

  #emit(): void {
    const text = this.#parts.length === 1 ? this.#parts[0]?.toString() : Buffer.concat(this.#parts).toString()
    this.#parts = []
    this.#heldBytes = 0
    this.#line(text ?? '')
  }
}
