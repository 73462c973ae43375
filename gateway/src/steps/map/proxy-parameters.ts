// Step `mapParameters` of proxy integrations: HTTP_PROXY applies its mappings; AWS_PROXY only trips over illegal headers. Recorded: REST 25.1, 30.
import type { ProxyMapped } from '../../nouns/outgoing.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'
import { requestHeaderRule } from './header-rules.ts'
import { compileRequestMappings } from './parameters.ts'

type Mappings = Readonly<Record<string, string>> | undefined

/** Undefined when nothing is mapped. */
export function mapProxyParameters(
  parameters: Mappings,
  stage: RestStage,
): Step<RestAdmitted & Parameterised, ProxyMapped> | undefined {
  const map = compileRequestMappings(parameters, stage, 'HTTP')
  return map === undefined ? undefined : { name: 'mapParameters', run: (exchange) => ({ mapped: map(exchange) }) }
}

const headerTarget = 'integration.request.header.'

/** The mappings of a Lambda proxy never change its event; one to an illegal header fails the call. */
export function refuseIllegalHeaders(
  parameters: Mappings,
  stage: RestStage,
): Step<RestAdmitted & Parameterised, object> | undefined {
  const illegal = Object.entries(parameters ?? {}).filter(
    ([key]) => key.startsWith(headerTarget) && requestHeaderRule(key.slice(headerTarget.length), 'AWS') === 'refuse',
  )
  const map = compileRequestMappings(Object.fromEntries(illegal), stage, 'AWS')
  if (map === undefined) return undefined
  return {
    name: 'mapParameters',
    run: (exchange) => {
      map(exchange)
      return {}
    },
  }
}
