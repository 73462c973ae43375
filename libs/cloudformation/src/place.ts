// From an offset in the text to a line and a column, worked out only when somebody is told.
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

  /** What `work` returns; its {@link Problem}s are thrown as {@link TemplateFault}s. */
  guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (error instanceof Problem) throw new TemplateFault(error.message, this.at(error.offset), error)
      // Deep nesting that no budget counted ends in the engine's own limit.
      if (error instanceof RangeError) {
        throw new TemplateFault('The template is nested too deeply', { line: 1, column: 1 }, error)
      }
      throw error
    }
  }
}
