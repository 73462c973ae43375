// The function log port: where the lines that functions write go (later: the logs service).

export interface FunctionLog {
  /** Takes one line, without its line break. Must return quickly. `logGroup`: `/aws/lambda/NAME`; `timestampMs`: epoch milliseconds. */
  write(logGroup: string, logStream: string, timestampMs: number, line: string): void
}
