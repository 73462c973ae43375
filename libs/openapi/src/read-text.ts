// Reads a text as a description in one call. Input and output are plain values, so that another thread can do it.
import { parseDocument } from './document.ts'
import type { ParsedDocument } from './document.ts'
import { readHttpApi } from './read/http-api.ts'
import type { HttpApiOptions } from './read/http-api.ts'
import { readDocumentation, readRestApi } from './read/rest-api.ts'
import type { RestApiOptions } from './read/rest-api.ts'
import type { PseudoParameters } from './tree.ts'

interface Readers {
  readonly RestApi: typeof readRestApi
  readonly Documentation: typeof readDocumentation
  readonly HttpApi: typeof readHttpApi
}

/** The kinds of descriptions that a document can be read as. */
export type ReadingKind = keyof Readers

/** The result for each kind. */
export type Readings = { readonly [Kind in ReadingKind]: ReturnType<Readers[Kind]> }

export interface ReadTextOptions extends RestApiOptions, HttpApiOptions {
  /** Values for `${AWS::AccountId}`, `${AWS::Partition}`, `${AWS::Region}`. */
  readonly variables: PseudoParameters
}

const readers: {
  readonly [Kind in ReadingKind]: (document: ParsedDocument, options: ReadTextOptions) => Readings[Kind]
} = {
  RestApi: readRestApi,
  Documentation: (document) => readDocumentation(document),
  HttpApi: readHttpApi,
}

/** Reads JSON or YAML text as what `kind` says. Throws `DocumentFault` as the readers of that kind do. */
export function readText<Kind extends ReadingKind>(kind: Kind, text: string, options: ReadTextOptions): Readings[Kind] {
  return readers[kind](parseDocument(text, { variables: options.variables }), options)
}
