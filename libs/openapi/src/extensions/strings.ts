// Maps of strings inside extensions: mapping expressions and templates, with AWS's warning for other values.
import { compactJson } from '../json-text.ts'
import { entriesOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { recordOf } from '../record.ts'

/** The owner of the map, for the sentence: the member's name and `resource '/a' and method 'GET'`. */
export interface StringMapUse {
  readonly member: string
  readonly owner: string
}

/** Strings by name. Other values are dropped and reported, the import goes on — recorded, rest-recorded.md 17. */
export function readStrings(
  node: Node | undefined,
  use: StringMapUse,
  reading: Reading,
): Record<string, string> | undefined {
  const strings = new Map<string, string>()
  for (const [name, value] of entriesOf(node)) {
    if (value.kind === 'scalar' && typeof value.value === 'string') strings.set(name, value.value)
    else {
      const written = value.kind === 'scalar' ? value.text : compactJson(value)
      const sentence = `Invalid format for '${use.member}'. Expected type string for property '${name}' of ${use.owner} but got '${written}'`
      reading.warn(sentence, value)
    }
  }
  return strings.size === 0 ? undefined : recordOf(strings)
}

/** Templates by content type; one written as JSON is stored as its text (rest.md 14.2). */
export function readTemplates(node: Node | undefined): Record<string, string> | undefined {
  const templates = new Map<string, string>()
  for (const [contentType, value] of entriesOf(node)) {
    if (value.kind === 'scalar' && value.value === null) continue
    templates.set(contentType, value.kind === 'scalar' ? value.text : compactJson(value))
  }
  return templates.size === 0 ? undefined : recordOf(templates)
}
