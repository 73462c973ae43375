// What tells one cached answer of a stage from another: the deployment, the namespace, the verb, and the key parameters. REST 11.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import { compileParameter, compileSource, type SourceReader, type SourceValue } from '../../nouns/mapping-source.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestRouted, RestStage } from '../../nouns/rest.ts'

export type CacheKey = (exchange: RestRouted & Parameterised) => string

/** Compiles the key of a method's answers. Without key parameters one answer serves all requests of a namespace and verb. */
export function compileCacheKey(integration: Integration, stage: RestStage): CacheKey {
  const { cacheNamespace, cacheKeyParameters = [], requestParameters } = integration
  const readers = cacheKeyParameters.map((name) => {
    // What a mapping makes of the request is known by where the mapping takes it from.
    const source = name.startsWith('integration.') ? requestParameters?.[name] : name
    return (source === undefined ? undefined : compileKeySource(source, stage)) ?? (() => undefined)
  })
  return (exchange) => {
    let key = `${stage.deploymentId} ${exchange.method}${part(cacheNamespace ?? exchange.target.resourceId)}`
    for (const read of readers) key += valueOf(read, exchange)
    return key
  }
}

/** A text with its length in front, so that no two lists of texts read the same. */
function part(text: string): string {
  return ` ${text.length}:${text}`
}

function compileKeySource(source: string, stage: RestStage): SourceReader | undefined {
  const parameter = compileParameter(source)
  return parameter === undefined ? compileSource(source, stage) : (_, parameters): SourceValue => parameter(parameters)
}

/** An absent parameter differs from an empty one, because a backend may answer them differently. */
function valueOf(read: SourceReader, exchange: RestRouted & Parameterised): string {
  const value = read(exchange, exchange.parameters)
  if (value === undefined) return ' -'
  return typeof value === 'string' ? part(value) : ` ${value.length}[${value.map(part).join('')}`
}
