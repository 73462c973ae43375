// Routing rules: under a custom domain name, which REST API and stage a request's headers and path choose (H 35).
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type CreateRoutingRuleRequest,
  type Operations,
  type RoutingRule,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { protocolOf } from '../domains/mapping.ts'
import { pageOfList } from '../page.ts'
import { found } from './found.ts'
import { mappedProtocol } from './mapped-api.ts'
import { checkConditions } from './routing-conditions.ts'

const rulesPerDomain = 50

type Names = 'CreateRoutingRule' | 'GetRoutingRule' | 'ListRoutingRules' | 'PutRoutingRule' | 'DeleteRoutingRule'

type Given = Pick<CreateRoutingRuleRequest, 'Actions' | 'Conditions' | 'Priority'>

export const routingRule: Handlers<Operations, Names, Call> = {
  CreateRoutingRule: async (input, call) => {
    await domain(call, input)
    const rules = await call.store.list('V2RoutingRule', [input.DomainName], { limit: rulesPerDomain })
    if (rules.length === rulesPerDomain) {
      throw new BadRequestException('Maximum number of routing rules for this domain name has been reached.')
    }
    return keep(call, input.DomainName, call.ids.short(7), input)
  },

  GetRoutingRule: async (input, call) => {
    await domain(call, input)
    return found(call, 'V2RoutingRule', [input.DomainName, input.RoutingRuleId])
  },

  ListRoutingRules: async (input, call) => {
    await domain(call, input)
    const rules = (await call.store.list('V2RoutingRule', [input.DomainName])).map(({ record }) => record)
    rules.sort((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    const { items, position } = pageOfList(rules, { limit: input.MaxResults, position: input.NextToken })
    return { RoutingRules: items, NextToken: position }
  },

  PutRoutingRule: async (input, call) => {
    await domain(call, input)
    await found(call, 'V2RoutingRule', [input.DomainName, input.RoutingRuleId])
    return keep(call, input.DomainName, input.RoutingRuleId, input)
  },

  DeleteRoutingRule: async (input, call) => {
    await domain(call, input)
    const key = [input.DomainName, input.RoutingRuleId]
    await found(call, 'V2RoutingRule', key)
    call.store.delete('V2RoutingRule', key)
  },
}

interface Named {
  readonly DomainName: string
  readonly DomainNameId?: string | undefined
}

async function domain(call: Call, { DomainName, DomainNameId: id = '' }: Named): Promise<void> {
  if (id !== '') throw new BadRequestException('Routing rules of private domain names are not available')
  await found(call, 'DomainName', [DomainName])
}

async function keep(call: Call, domainName: string, RoutingRuleId: string, given: Given): Promise<RoutingRule> {
  const { Actions, Conditions, Priority } = given
  checkConditions(Conditions)
  await checkActions(call, Actions)
  await refuseOtherProtocols(call, domainName)
  const rules = await call.store.list('V2RoutingRule', [domainName])
  if (rules.some(({ record }) => record.Priority === Priority && record.RoutingRuleId !== RoutingRuleId)) {
    throw new ConflictException(`A routing rule with the priority ${Priority} already exists for this domain name`)
  }
  const { account, region } = call.scope
  const RoutingRuleArn = `arn:aws:apigateway:${region}:${account}:/domainnames/${domainName}/routingrules/${RoutingRuleId}`
  const record: RoutingRule = { Actions, Conditions, Priority, RoutingRuleArn, RoutingRuleId }
  call.store.put('V2RoutingRule', [domainName, RoutingRuleId], record)
  return record
}

/** Rules lead to REST APIs alone, and so must the domain's mappings. HTTP 35.1; its words are not recorded. */
async function refuseOtherProtocols(call: Call, domainName: string): Promise<void> {
  for (const { record } of await call.store.list('BasePathMapping', [domainName])) {
    const protocol = await protocolOf(call, record.restApiId ?? '')
    if (protocol !== undefined && protocol !== 'REST') {
      throw new BadRequestException(
        'Routing rules are not available on a domain name with mappings to HTTP or WebSocket APIs',
      )
    }
  }
}

async function checkActions(call: Call, actions: Given['Actions']): Promise<void> {
  const [action, ...others] = actions
  if (action === undefined || others.length > 0) {
    throw new BadRequestException('A routing rule must have exactly one action')
  }
  const { ApiId, Stage } = action.InvokeApi
  if ((await mappedProtocol(call, ApiId, Stage)) !== 'REST') {
    throw new BadRequestException('The target of a routing rule must be a stage of a REST API')
  }
}
