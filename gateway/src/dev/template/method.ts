// `AWS::ApiGateway::Method`: a method with its integration and the responses of both.
import { itemsOf, member } from '@sluice/cloudformation'
import type { Node } from '@sluice/cloudformation'
import { inputOf } from './input.ts'
import { PropertyFault, type ResourceKind, type Wanted } from './resource-kind.ts'
import { quietly } from './row-kind.ts'

/** The operations that make the method, in order, with their inputs. */
function stepsOf(wanted: Wanted): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  const { type, properties } = wanted
  const method = inputOf(wanted, ['apigateway', 'PutMethod'], { except: ['Integration', 'MethodResponses'] })
  const { restApiId, resourceId, httpMethod } = method
  const at = { restApiId, resourceId, httpMethod }
  const step = (operation: string, node: Node, except: readonly string[] = []) => {
    if (node.kind !== 'map') throw new PropertyFault(`${type}: integrations and responses are maps`, node)
    const input = inputOf({ type: `${type} ${operation}`, properties: node }, ['apigateway', operation], { except })
    return [operation, { ...input, ...at }] as const
  }
  const integration = member(properties, 'Integration')
  return [
    ['PutMethod', { authorizationType: 'NONE', ...method }],
    ...itemsOf(member(properties, 'MethodResponses')).map((each) => step('PutMethodResponse', each)),
    ...(integration === undefined ? [] : [step('PutIntegration', integration, ['IntegrationResponses'])]),
    ...itemsOf(member(integration, 'IntegrationResponses')).map((each) => step('PutIntegrationResponse', each)),
  ]
}

export const method: ResourceKind = {
  described: true,
  put: async (wanted, { call }) => {
    const steps = stepsOf(wanted)
    const [[, { restApiId, resourceId, httpMethod }] = ['', {} as Readonly<Record<string, unknown>>]] = steps
    const at = { restApiId, resourceId, httpMethod }
    const physicalId = Object.values(at).join('/')
    // A method is put anew as a whole, also after half of it was put; what is deployed keeps serving meanwhile.
    await quietly(call('apigateway', 'DeleteMethod', at))
    for (const [operation, input] of steps) await call('apigateway', operation, input)
    return {
      physicalId,
      ref: physicalId.replaceAll('/', '-'),
      attributes: {},
      input: at,
      remove: async (call) => void (await call('apigateway', 'DeleteMethod', at)),
    }
  },
}
