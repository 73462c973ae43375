// Integration URIs: stage variables filled in when the stage is planned, `{name}` placeholders when a request comes.

/** A backend URI split where a request needs it. */
export interface CompiledUri {
  /** `http://host:port`, when no placeholder stands in it. */
  readonly origin: string | undefined
  /** The value of `host` for that origin. */
  readonly authority: string | undefined
  /** Fills placeholders from `values`; those without a value stay as they are. Undefined when the result is no HTTP URL. */
  readonly resolve: (values: ReadonlyMap<string, string>) => ResolvedUri | undefined
}

export interface ResolvedUri {
  readonly origin: string
  readonly authority: string
  /** Percent-encoded, with its leading `/`, without the query. */
  readonly path: string
  /** Without `?`; empty when there is none. */
  readonly query: string
}

const stageVariable = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g
const placeholder = /\{[A-Za-z0-9._$:-]+\+?\}/
const httpUrl = /^(https?):\/\/([^/?#]+)([^?#]*)(?:\?([^#]*))?/i

/** Replaces `${stageVariables.name}`; one that is not set becomes the empty string. */
export function fillStageVariables(text: string, variables: Readonly<Record<string, string>> | undefined): string {
  return text.replace(stageVariable, (_, name: string) =>
    variables !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? '') : '',
  )
}

/** Compiles an HTTP integration's URI. Placeholders may stand anywhere, also in the host. */
export function compileUri(uri: string, variables: Readonly<Record<string, string>> | undefined): CompiledUri {
  const text = fillStageVariables(uri, variables)
  const fixed = split(text)
  if (fixed !== undefined && !placeholderIn(fixed.authority)) {
    const path = compileText(fixed.path)
    const query = compileText(fixed.query)
    const { origin, authority } = fixed
    return { origin, authority, resolve: (values) => ({ origin, authority, path: path(values), query: query(values) }) }
  }
  const whole = compileText(text)
  return { origin: undefined, authority: undefined, resolve: (values) => split(whole(values)) }
}

/** Literal text and placeholder names in turn, joined for each request. */
function compileText(text: string): (values: ReadonlyMap<string, string>) => string {
  if (!placeholderIn(text)) return () => text
  const parts = text.split(/(\{[A-Za-z0-9._$:-]+\+?\})/)
  const names = parts.map((part, index) => (index % 2 === 1 ? part.replace(/^\{|\+?\}$/g, '') : undefined))
  return (values) => {
    let filled = ''
    for (let index = 0; index < parts.length; index++) {
      const name = names[index]
      filled += (name === undefined ? undefined : encodeUnsafe(values.get(name))) ?? parts[index] ?? ''
    }
    return filled
  }
}

// oxlint-disable-next-line no-control-regex -- control characters would break the request line
const unsafe = /[\u0000-\u0020\u007F-\u{10FFFF}"#<>]/u
const everyUnsafe = new RegExp(unsafe, 'gu')

/** Values go in as received, slashes included; only what no request line can carry is encoded. */
function encodeUnsafe(value: string | undefined): string | undefined {
  return value !== undefined && unsafe.test(value)
    ? value.toWellFormed().replace(everyUnsafe, encodeURIComponent)
    : value
}

function placeholderIn(text: string): boolean {
  return placeholder.test(text)
}

function split(url: string): ResolvedUri | undefined {
  const [, scheme, authority, path = '', query = ''] = httpUrl.exec(url) ?? []
  if (scheme === undefined || authority === undefined || !URL.canParse(`${scheme}://${authority}`)) return undefined
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return { origin: `${scheme.toLowerCase()}://${host}`, authority: host, path: path === '' ? '/' : path, query }
}
