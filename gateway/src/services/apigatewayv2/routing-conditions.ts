// The conditions of a routing rule: at most two headers and one base path, each in a condition of its own (HTTP 35.2).
import { BadRequestException, type RoutingRuleCondition } from '@sluice/aws-protocol/apigatewayv2'
import { isReservedHeader } from '../../nouns/parameter-mapping.ts'

const headerConditions = 2
const basePathConditions = 1
const reserved = ['x-apigw-api-id', 'x-restapi']

/** Throws BadRequestException for the first condition that breaks a rule. A rule without conditions always matches. */
export function checkConditions(conditions: readonly RoutingRuleCondition[]): void {
  const headers = conditions.filter(({ MatchHeaders }) => MatchHeaders !== undefined)
  const paths = conditions.filter(({ MatchBasePaths }) => MatchBasePaths !== undefined)
  if (headers.length + paths.length !== conditions.length) {
    throw new BadRequestException('Each condition must have exactly one of matchHeaders and matchBasePaths')
  }
  if (headers.length > headerConditions || paths.length > basePathConditions) {
    throw new BadRequestException('A routing rule can have at most two header conditions and one base path condition')
  }
  for (const { MatchHeaders } of headers) {
    const { Header, ValueGlob } = only(MatchHeaders?.AnyOf ?? [])
    checkHeader(Header)
    checkGlob(ValueGlob)
  }
  for (const { MatchBasePaths } of paths) checkBasePath(only(MatchBasePaths?.AnyOf ?? []))
}

function only<Item>(items: readonly Item[]): Item {
  const [item, ...others] = items
  if (item === undefined || others.length > 0) throw new BadRequestException('anyOf must have exactly one element')
  return item
}

function checkHeader(name: string): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,39}$/.test(name) || name.includes('*')) {
    throw new BadRequestException(`Invalid header name specified: ${name}`)
  }
  if (isReservedHeader(name) || reserved.includes(name.toLowerCase())) {
    throw new BadRequestException(`The header ${name} cannot be used in a condition`)
  }
}

/** Checks a header's pattern: `*` may be the first character, the last one, or both; with both the text may be less long. */
function checkGlob(glob: string): void {
  const contains = glob.length > 1 && glob.startsWith('*') && glob.endsWith('*')
  const longest = contains ? 39 : 127
  if (glob === '' || glob.length > longest || glob.slice(1, -1).includes('*')) {
    throw new BadRequestException(`Invalid header value specified: ${glob}`)
  }
}

function checkBasePath(path: string): void {
  const parts = path.split('/')
  if (path.length > 127 || parts.some((part) => !/^[A-Za-z0-9$\-_.+!*'()]+$/.test(part))) {
    throw new BadRequestException(`Invalid base path specified: ${path}`)
  }
}
