// The documents port: the text of an imported OpenAPI document becomes the description of an API.
import type { ReadingKind, Readings, ReadTextOptions } from '@sluice/openapi'

export interface Documents {
  /** Rejects with `DocumentFault` for a document that AWS refuses, and for one that takes more time or memory than there is for it. */
  read<Kind extends ReadingKind>(kind: Kind, text: string, options: ReadTextOptions): Promise<Readings[Kind]>
}
