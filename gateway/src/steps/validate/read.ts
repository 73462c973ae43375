// Step `read`: makes the request's parameters available to the steps that follow; nothing is parsed before somebody asks.
import type { Parameterised } from '../../nouns/request-parameters.ts'
import { RequestParameters } from '../../nouns/request-parameters.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

export const readParameters: Step<RestRouted, Parameterised> = {
  name: 'read',
  run: (exchange) => ({ parameters: new RequestParameters(exchange) }),
}
