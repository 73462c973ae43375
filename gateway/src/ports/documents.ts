// The documents port: the text, or its UTF-8, of an imported OpenAPI document becomes the description of an API.
import type { ReadingKind, Readings, ReadTextOptions, Resource } from '@sluice/openapi'

/** A document as a REST API. */
export interface RestDescription extends Omit<Readings['RestApi'], 'resources'> {
  /** The resources of a large document are made as they are gone through, so that they are never there all at once. */
  readonly resources: Iterable<Resource>
}

/** What comes of a document of each kind. */
export interface Descriptions extends Omit<Readings, 'RestApi'> {
  readonly RestApi: RestDescription
}

export interface Documents {
  /** Rejects with `DocumentFault` for a document that AWS refuses, and for one that takes more time or memory than there is for it. */
  read<Kind extends ReadingKind>(
    kind: Kind,
    document: string | Uint8Array,
    options: ReadTextOptions,
  ): Promise<Descriptions[Kind]>
}
