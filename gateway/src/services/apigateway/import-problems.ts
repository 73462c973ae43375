// Collects the refusals of an import under AWS's sentences, so that one answer names them all (REST 14.1).
import { ServiceFault } from '@sluice/aws-protocol'
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import { errorsSentence, messagesOf, warningsSentence } from '@sluice/openapi'
import type { Warning } from '@sluice/openapi'

export class ImportProblems {
  readonly warnings: readonly string[]
  private readonly errors: string[] = []

  constructor(warnings: readonly Warning[]) {
    this.warnings = messagesOf(warnings)
  }

  /** Does one part of the import. Keeps the refusal of a rule and returns false; any other error is thrown on. */
  async attempt(what: string, work: () => Promise<void> | void): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error
      this.errors.push(`${what}: ${error.message}`)
      return false
    }
  }

  /** Throws BadRequestException when there were errors, or warnings with `failOnWarnings`. */
  settle(failOnWarnings: boolean | undefined): void {
    if (this.errors.length > 0) throw new BadRequestException(errorsSentence(this.errors, this.warnings))
    if (failOnWarnings === true && this.warnings.length > 0) {
      throw new BadRequestException(warningsSentence(this.warnings))
    }
  }
}
