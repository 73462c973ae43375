// The state that every rule uses while a document is read: the tree, its dialect, and the warnings.
import { maximumOperations, maximumWarnings } from './budget.ts'
import type { ParsedDocument } from './document.ts'
import { DocumentFault, invalidInput } from './fault.ts'
import type { Place } from './fault.ts'
import type { Node } from './node.ts'
import { References, referenceOf } from './refs.ts'
import type { Warning } from './rest-description.ts'
import { errorsSentence, messagesOf } from './sentences.ts'

/** Swagger 2.0 or OpenAPI 3.x; `minor` is the digit after `3.`. */
export interface Dialect {
  readonly major: 2 | 3
  readonly minor: number
}

export class Reading {
  readonly root: Node
  readonly dialect: Dialect
  readonly warnings: Warning[] = []
  /** Sentences AWS refuses the import with after it has read everything: `Errors found during import:`. */
  private readonly errors: Warning[] = []
  readonly references: References
  private readonly document: ParsedDocument
  private operations = 0

  constructor(document: ParsedDocument, dialect: Dialect) {
    this.document = document
    this.root = document.root
    this.dialect = dialect
    this.references = new References(document.root)
  }

  placeOf(node: Node): Place {
    return this.document.placeOf(node)
  }

  warn(message: string, node: Node): void {
    if (this.warnings.length > maximumWarnings) return
    const full = this.warnings.length === maximumWarnings
    this.warnings.push({
      message: full ? 'There are more warnings than can be listed.' : message,
      ...this.placeOf(node),
    })
  }

  refuse(message: string, node: Node): void {
    if (this.errors.length < maximumWarnings) this.errors.push({ message, ...this.placeOf(node) })
  }

  /** A fault to throw at once: AWS stops reading there, too. */
  fault(message: string, node: Node, detail?: string): DocumentFault {
    return new DocumentFault(message, this.placeOf(node), detail)
  }

  /** Refuses the whole import with AWS's list of errors and warnings, if any error was found. */
  throwErrors(): void {
    const [first] = this.errors
    if (first === undefined) return
    throw new DocumentFault(errorsSentence(messagesOf(this.errors), messagesOf(this.warnings)), first, first.message)
  }

  /** Ends the reading when references and aliases have made more of the document than the budget allows. */
  countOperation(node: Node): void {
    this.operations += 1
    if (this.operations > maximumOperations)
      throw this.fault(invalidInput, node, 'The document has too many operations')
    if (this.references.exhausted)
      throw this.fault(invalidInput, node, 'The references of the document pull in too much')
  }

  /** The node, or what its `$ref` leads to; a reference that leads nowhere is warned of and `undefined`. */
  resolve(node: Node | undefined): Node | undefined {
    if (node === undefined) return undefined
    const target = this.references.resolve(node)
    if (target === undefined) {
      // Own: AWS's parser leaves such a node empty; nothing of what it then says was recorded.
      this.warn(
        `Unable to resolve reference '${referenceOf(node) ?? ''}'. Only references within the document are followed. Ignoring.`,
        node,
      )
    }
    return target
  }
}
