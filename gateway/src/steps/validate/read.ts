// Step `read`: makes the request's parameters available to the steps that follow; nothing is parsed before somebody asks.
import { tellMethodRequest } from '../../nouns/execution-lines.ts'
import type { Keyed } from '../../nouns/exchange.ts'
import { RequestParameters, type Parameterised } from '../../nouns/request-parameters.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

export const readParameters: Step<RestRouted & Partial<Keyed>, Parameterised> = {
  name: 'read',
  run: (exchange) => {
    const parameters = new RequestParameters(exchange)
    if (exchange.listener !== undefined) tellMethodRequest(exchange.listener, exchange, parameters)
    return { parameters }
  },
}
