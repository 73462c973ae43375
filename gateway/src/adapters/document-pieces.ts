// A document on its way to the thread that reads it, and its description on the way back, in pieces: receiving a message takes as long as it is large.
import { deserialize, serialize } from 'node:v8'
import type { Method, Resource, RestApiDescriptionOf } from '@sluice/openapi'
import { Turns } from '../nouns/turns.ts'

/** How many of a list's entries, resources for example, are one piece: a fraction of a millisecond's work. */
const entriesPerPiece = 50

/** The list of which one piece is made at a time, whenever it is gone through: by far the largest. */
const pieceByPiece: keyof RestApiDescriptionOf<string> = 'resources'

/** A member of the description, or the next entries of a member that is a list. */
export interface Piece {
  readonly name: string
  readonly isList: boolean
  /** The value, serialized. It has a buffer of its own, which can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The document's text. A byte order mark is no part of it. */
export function textOf(document: string | Uint8Array): string {
  return typeof document === 'string' ? document : new TextDecoder().decode(document)
}

/** The members of a description, large lists in several pieces. */
export function piecesOf(description: object): Piece[] {
  return Object.entries(description).flatMap(([name, value]) =>
    Array.isArray(value) ? listPieces(name, value) : [{ name, isList: false, bytes: bytesOf(value) }],
  )
}

function listPieces(name: string, list: readonly unknown[]): Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; from === 0 || from < list.length; from += entriesPerPiece) {
    pieces.push({ name, isList: true, bytes: bytesOf(list.slice(from, from + entriesPerPiece)) })
  }
  return pieces
}

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(serialize(value))
}

/** Resources with the texts of their methods, of which one piece is there at a time as what it says. */
class Resources {
  private readonly pieces: readonly Uint8Array[]

  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = pieces
  }

  *[Symbol.iterator](): Generator<Resource> {
    for (const bytes of this.pieces) {
      for (const { path, methods } of deserialize(bytes) as RestApiDescriptionOf<string>['resources']) {
        yield { path, methods: methods.map((text) => JSON.parse(text) as Method) }
      }
    }
  }
}

/** The description that the pieces are of, put together in turns. */
export async function joined(pieces: readonly Piece[]): Promise<object> {
  const members = new Map<string, unknown>()
  const turns = new Turns()
  for (const [name, parts] of Map.groupBy(pieces, ({ name }) => name)) {
    const [first] = parts
    if (first?.isList !== true) members.set(name, first && deserialize(first.bytes))
    else if (name === pieceByPiece) members.set(name, new Resources(parts.map(({ bytes }) => bytes)))
    else {
      const list: unknown[] = []
      for (const { bytes } of parts) {
        list.push(...(deserialize(bytes) as unknown[]))
        await turns.next()
      }
      members.set(name, list)
    }
  }
  return Object.fromEntries(members)
}
