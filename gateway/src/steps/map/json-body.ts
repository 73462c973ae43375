// A message's body as text and as JSON, parsed when first asked for.
import { parseJson, type Value } from '@sluice/vtl'

/** A number that JavaScript would print otherwise than Java: `1.0`, `1e3`, a Long beyond 2^53. */
const inexactNumber = /\.0+(?![0-9])|[0-9][eE]|[0-9]{16}/

export class JsonBody {
  readonly text: string
  private plain: { readonly document: Value } | undefined
  private exact: { readonly document: Value } | undefined

  constructor(text: string) {
    this.text = text
  }

  /** Numbers are JavaScript's, so that they compare. Undefined when the text is no JSON. */
  get document(): Value {
    this.plain ??= { document: parse(this.text) }
    return this.plain.document
  }

  /** Numbers keep the text that Java gives them. Undefined when the text is no JSON. */
  get exactDocument(): Value {
    if (!inexactNumber.test(this.text)) return this.document
    this.exact ??= { document: parseExact(this.text) }
    return this.exact.document
  }
}

function parse(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

/** Parses JSON with numbers as Java has them: Integer, Long, BigInteger and Double. Undefined for what is no JSON. */
export function parseExact(text: string): Value {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
