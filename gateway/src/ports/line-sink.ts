// The line sink port: a file, or the standard output, that lines are added to.

export interface LineSink {
  /** Takes a line without its line break; never throws and never waits. A line that cannot be written is dropped and counted. */
  readonly write: (line: string) => void
  /** Lines that could not be written since the start. */
  readonly dropped: () => number
  /** Resolves when every line is written, or dropped. */
  readonly close: () => Promise<void>
}
