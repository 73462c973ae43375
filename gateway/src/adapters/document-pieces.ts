// A description on its way from one thread to another, in pieces: receiving a message takes as long as it is large, and all at once.
import { deserialize, serialize } from 'node:v8'
import { Turns } from '../nouns/turns.ts'

/** How many of a list's entries, resources for example, are one piece: about a millisecond's work. */
const entriesPerPiece = 100

/** A member of the description, or the next entries of a member that is a list. */
type Piece =
  | { readonly name: string; readonly value: unknown }
  | { readonly name: string; readonly entries: readonly unknown[] }

/** The members of a description, large lists in several pieces. Each has a buffer of its own, which can be transferred. */
export function piecesOf(description: object): Uint8Array<ArrayBuffer>[] {
  return Object.entries(description).flatMap(([name, value]) =>
    Array.isArray(value) ? entryPieces(name, value) : [bytesOf({ name, value })],
  )
}

function entryPieces(name: string, list: readonly unknown[]): Uint8Array<ArrayBuffer>[] {
  const pieces = [bytesOf({ name, entries: list.slice(0, entriesPerPiece) })]
  for (let from = entriesPerPiece; from < list.length; from += entriesPerPiece) {
    pieces.push(bytesOf({ name, entries: list.slice(from, from + entriesPerPiece) }))
  }
  return pieces
}

function bytesOf(piece: Piece): Uint8Array<ArrayBuffer> {
  return new Uint8Array(serialize(piece))
}

/** The description that the pieces are of, put together in turns. */
export async function joined(pieces: readonly Uint8Array[]): Promise<object> {
  const members: Record<string, unknown> = {}
  const lists = new Map<string, unknown[]>()
  const turns = new Turns()
  for (const bytes of pieces) {
    const piece = deserialize(bytes) as Piece
    if ('value' in piece) members[piece.name] = piece.value
    else {
      const list = lists.get(piece.name) ?? []
      list.push(...piece.entries)
      lists.set(piece.name, list)
    }
    await turns.next()
  }
  return Object.assign(members, Object.fromEntries(lists))
}
