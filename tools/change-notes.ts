// Change notes (`changes/*.md`): reading them, for the release that folds them and for the check that they can be folded.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The kinds of notes, in the order in which a release lists them, with their headings. */
export const headings = { added: 'Added', changed: 'Changed', fixed: 'Fixed' } as const
export type Kind = keyof typeof headings

export interface ChangeNote {
  readonly file: string
  readonly kind: Kind
  /** What is said to users, as one line of Markdown. */
  readonly text: string
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(headings, text)
}

/** The notes in a folder by file name, without its README. A file that is no note is a sentence that says what to do. */
export function readChangeNotes(folder: string): readonly (ChangeNote | string)[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')
  return names.sort().map((name) => readChangeNote(join(folder, name)))
}

function readChangeNote(file: string): ChangeNote | string {
  const [, kind = '', text = ''] = /^kind: (\w+)\n\n([^]+)$/.exec(readFileSync(file, 'utf8')) ?? []
  if (isKind(kind)) return { file, kind, text: text.trim().replaceAll('\n', ' ') }
  return `${file}: begin with "kind: added", "kind: changed" or "kind: fixed" and an empty line.`
}
