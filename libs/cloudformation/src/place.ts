// Turns offsets in the text into lines and columns, worked out only for messages.
import { Problem, TemplateFault } from './fault.ts'
import type { Place } from './fault.ts'

export class LineIndex {
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  at(offset: number): Place {
    const before = this.text.slice(0, offset)
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }

  /** Runs `work` and returns its result; its {@link Problem}s are thrown as {@link TemplateFault}s. */
  guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (error instanceof Problem) throw new TemplateFault(error.message, this.at(error.offset), error)
      // Nesting that no budget counts is stopped by the engine's own limit of the stack.
      if (error instanceof RangeError) {
        throw new TemplateFault('The template is nested too deeply', { line: 1, column: 1 }, error)
      }
      throw error
    }
  }
}
