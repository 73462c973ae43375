// Checks which names parameter mappings use on either side, and reports the wrong ones as AWS does (recorded REST 4.2; REST 3.4, 4.2).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'

const name = '[a-zA-Z0-9._$-]+'

/** `method.request.header.NAME` and the like, which a method declares. */
const methodParameter = new RegExp(`^method\\.request\\.(?:querystring|header|path)\\.${name}$`)
const methodHeader = new RegExp(`^method\\.response\\.header\\.${name}$`)
const integrationParameter = new RegExp(`^integration\\.request\\.(?:querystring|header|path)\\.${name}$`)

/** Sources that need no declaration: literals, context, stage variables, and the bodies. */
const free = /^(?:'[^]*'|context\.[^]+|stageVariables\.[a-zA-Z0-9_]+)$/
const requestBody = /^method\.request\.body(?:[.[][^]+)?$/
const methodSource = new RegExp(
  `^method\\.request\\.(querystring|header|path|multivaluequerystring|multivalueheader)\\.(${name})$`,
)
const integrationSource = new RegExp(
  `^integration\\.response\\.(?:(?:header|multivalueheader)\\.${name}|body(?:[.[][^]+)?)$`,
)

const gatewayTarget = /^gatewayresponse\.(?:header|path|querystring)\.\S+$/
/** `method.input.params.NAME` is the form of old samples. */
const gatewaySource = new RegExp(
  `^(?:method\\.request\\.(?:querystring|header|path)|method\\.input\\.params)\\.${name}$`,
)

type Parameters = Readonly<Record<string, unknown>>

/** Throws BadRequestException with a report of the errors, if there are any. */
function report(what: string, errors: readonly string[]): void {
  if (errors.length === 0) return
  throw new BadRequestException(`${what}Validation Result: warnings : [], errors : [${errors.join(', ')}]`)
}

function reportMappings(errors: readonly string[]): void {
  report('Invalid mapping expression specified: ', errors)
}

function invalid(expression: string): string {
  return `Invalid mapping expression specified: ${expression}`
}

function undeclared(expression: string): string {
  return `Invalid mapping expression parameter specified: ${expression}`
}

/** Checks the keys of a method's `requestParameters`: well formed, and each name in one place only. */
export function checkMethodParameters(parameters: Parameters | undefined): void {
  const keys = Object.keys(parameters ?? {})
  reportMappings(keys.filter((key) => !methodParameter.test(key)).map(invalid))
  const names = keys.map((key) => key.split('.').slice(3).join('.'))
  if (new Set(names).size < names.length) {
    throw new BadRequestException('Parameter names must be unique across querystring, header and path')
  }
}

/** Checks the keys of a method response's `responseParameters`. */
export function checkResponseHeaders(parameters: Parameters | undefined): void {
  reportMappings(
    Object.keys(parameters ?? {})
      .filter((key) => !methodHeader.test(key))
      .map(invalid),
  )
}

/** Checks an integration's `requestParameters`; what the method sends must be declared on it. */
export function checkRequestMappings(
  mappings: Readonly<Record<string, string>> | undefined,
  declared: Parameters,
): void {
  const errors: string[] = []
  for (const [target, source] of Object.entries(mappings ?? {})) {
    if (!integrationParameter.test(target)) errors.push(invalid(target))
    const named = methodSource.exec(source)
    if (named !== null) {
      if (!Object.hasOwn(declared, declarationOf(named))) errors.push(undeclared(source))
    } else if (!free.test(source) && !requestBody.test(source)) errors.push(invalid(source))
  }
  reportMappings(errors)
}

/**
 * Checks an integration response's `responseParameters`. A header must be among those that the method response declares;
 * these are undefined when the method has no method response at all.
 */
export function checkResponseMappings(
  mappings: Readonly<Record<string, string>> | undefined,
  declared: Parameters | undefined,
): void {
  const entries = Object.entries(mappings ?? {})
  // AWS's sentence, as users of Terraform and CDK report it: these tools make resources in no fixed order.
  if (declared === undefined)
    return reportMappings(entries.length === 0 ? [] : ['No method response exists for method.'])
  const errors: string[] = []
  for (const [target, source] of entries) {
    if (!methodHeader.test(target)) errors.push(invalid(target))
    else if (!Object.hasOwn(declared, target)) errors.push(undeclared(target))
    if (!free.test(source) && !integrationSource.test(source)) errors.push(invalid(source))
  }
  reportMappings(errors)
}

/** Checks a gateway response's `responseParameters` (REST 7.3); the names of its headers may hold anything but blanks. */
export function checkGatewayMappings(mappings: Readonly<Record<string, string>> | undefined): void {
  const errors: string[] = []
  for (const [target, source] of Object.entries(mappings ?? {})) {
    if (!gatewayTarget.test(target)) errors.push(invalid(target))
    if (!free.test(source) && !gatewaySource.test(source)) errors.push(invalid(source))
  }
  reportMappings(errors)
}

/** Throws BadRequestException for a cache key that is no parameter which the method declares or the integration maps. */
export function checkCacheKeys(
  keys: readonly string[] | undefined,
  declared: Parameters,
  mapped: Parameters | undefined,
): void {
  if (keys !== undefined && knownCacheKeys(keys, declared, mapped).length < keys.length) {
    throw new BadRequestException('Invalid cache key parameter specified')
  }
}

/** The given keys without those that are no parameter which the method declares or the integration maps. */
export function knownCacheKeys(
  keys: readonly string[],
  declared: Parameters,
  mapped: Parameters | undefined,
): readonly string[] {
  return keys.filter((key) => {
    const named = methodSource.exec(key)
    return named === null ? Object.hasOwn(mapped ?? {}, key) : Object.hasOwn(declared, declarationOf(named))
  })
}

/** Checks the keys of template and model maps: media types, or `$default`. */
export function checkContentTypes(templates: Parameters | undefined): void {
  const wrong = Object.keys(templates ?? {}).filter(
    (key) => key !== '$default' && (!/^[^\s/]+\/[^\s/]/.test(key) || /[^ -~]/.test(key)),
  )
  report(
    '',
    wrong.map((key) => `Invalid content type specified: ${key}`),
  )
}

/** The declared name of a source: a multi-value source is declared under its single-value name. */
function declarationOf([, location = '', parameter = '']: RegExpExecArray): string {
  return `method.request.${location.replace('multivalue', '')}.${parameter}`
}
