// Joins many problems to one message as AWS does: a tab before each, in the order they were found.
import type { Warning } from './rest-description.ts'

/** `Errors found during import:` with the errors and, after them, the warnings — rest.md 14.1. */
export function errorsSentence(errors: readonly string[], warnings: readonly string[]): string {
  const sentence = `Errors found during import:${lines(errors)}`
  return warnings.length === 0 ? sentence : `${sentence}\nAdditionally, these warnings were found:${lines(warnings)}`
}

/** The sentence for a caller who asked to fail on warnings — rest.md 14.1, http-websocket.md 2.5. */
export function warningsSentence(warnings: readonly string[]): string {
  return `Warnings found during import:${lines(warnings)}`
}

/** The sentences of warnings, without their places: the `warnings` member of AWS's answer. */
export function messagesOf(warnings: readonly Warning[]): string[] {
  return warnings.map(({ message }) => message)
}

function lines(sentences: readonly string[]): string {
  return sentences.map((sentence) => `\n\t${sentence}`).join('')
}
