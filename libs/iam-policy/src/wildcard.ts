// Wildcards: `*` is any run of characters, `?` exactly one (a UTF-16 unit). Matched left to right, without backtracking.

/** The text between two stars. */
export interface Piece {
  readonly text: string
  /** The offsets in the text at which any character may stand. */
  readonly open: ReadonlySet<number> | undefined
}

/** The pieces between the stars of a pattern: one piece when it has no star. */
export type Wildcard = readonly Piece[]

/** Whether all of `subject` matches. */
export function matchesWildcard(wildcard: Wildcard, subject: string): boolean {
  const [first] = wildcard
  if (first === undefined || !matchesAt(first, subject, 0)) return false
  const lastIndex = wildcard.length - 1
  const last = wildcard[lastIndex]
  if (last === undefined || lastIndex === 0) return subject.length === first.text.length
  let offset = first.text.length
  for (let index = 1; index < lastIndex; index++) {
    const piece = wildcard[index] as Piece
    // The leftmost match is enough: the rest can then only have more room.
    const found = find(piece, subject, offset)
    if (found < 0) return false
    offset = found + piece.text.length
  }
  const lastOffset = subject.length - last.text.length
  return lastOffset >= offset && matchesAt(last, subject, lastOffset)
}

function find(piece: Piece, subject: string, from: number): number {
  if (piece.open === undefined) return subject.indexOf(piece.text, from)
  for (let offset = from; offset + piece.text.length <= subject.length; offset++) {
    if (matchesAt(piece, subject, offset)) return offset
  }
  return -1
}

function matchesAt({ text, open }: Piece, subject: string, offset: number): boolean {
  if (open === undefined) return subject.startsWith(text, offset)
  if (offset + text.length > subject.length) return false
  for (let index = 0; index < text.length; index++) {
    if (!open.has(index) && text.charCodeAt(index) !== subject.charCodeAt(offset + index)) return false
  }
  return true
}

/** Collects the pieces of a wildcard, part by part. */
export class WildcardBuilder {
  readonly #pieces: Piece[] = []
  #text = ''
  #open: Set<number> | undefined

  literal(text: string): void {
    this.#text += text
  }

  one(): void {
    this.#open ??= new Set()
    this.#open.add(this.#text.length)
    this.#text += '?'
  }

  star(): void {
    this.#pieces.push({ text: this.#text, open: this.#open })
    this.#text = ''
    this.#open = undefined
  }

  build(): Wildcard {
    this.star()
    return this.#pieces
  }
}
