// Function logs in memory: the newest lines of each log group, within bounds.
import type { FunctionLog } from '../ports/function-log.ts'

export interface FunctionLogLine {
  readonly logStream: string
  readonly timestampMs: number
  readonly line: string
}

/** A function log that can be read back. */
export interface MemoryFunctionLog extends FunctionLog {
  /** The kept lines of a group, oldest first. */
  lines(logGroup: string): readonly FunctionLogLine[]
}

/** Groups beyond `groups` push out the one that was made first; a group keeps between `lines` and twice `lines`. */
export function createMemoryFunctionLog(bounds = { groups: 1_000, lines: 1_000 }): MemoryFunctionLog {
  const byGroup = new Map<string, FunctionLogLine[]>()
  const openGroup = (logGroup: string): FunctionLogLine[] => {
    const [oldest] = byGroup.keys()
    if (byGroup.size >= bounds.groups && oldest !== undefined) byGroup.delete(oldest)
    const lines: FunctionLogLine[] = []
    byGroup.set(logGroup, lines)
    return lines
  }
  return {
    write(logGroup, logStream, timestampMs, line) {
      const lines = byGroup.get(logGroup) ?? openGroup(logGroup)
      lines.push({ logStream, timestampMs, line })
      // In one cut, now and then: removing the first of many at every line would cost as much as all of them.
      if (lines.length >= 2 * bounds.lines) lines.splice(0, lines.length - bounds.lines)
    },
    lines: (logGroup) => byGroup.get(logGroup) ?? [],
  }
}
