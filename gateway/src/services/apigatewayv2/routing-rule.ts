// Routing rules: the headers and the path of a request under a custom domain name choose a REST API and a stage (HTTP 35).
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
import { domainKey, isPrivate, mappingDomain } from '../domains/record.ts'
import { pageOfList } from '../page.ts'
import { found } from './found.ts'
import { mappedProtocol } from './mapped-api.ts'
import { checkConditions } from './routing-conditions.ts'

const rulesPerDomain = 50

type Names = 'CreateRoutingRule' | 'GetRoutingRule' | 'ListRoutingRules' | 'PutRoutingRule' | 'DeleteRoutingRule'

type Given = Pick<CreateRoutingRuleRequest, 'Actions' | 'Conditions' | 'Priority'>

export const routingRule: Handlers<Operations, Names, Call> = {
  CreateRoutingRule: async (input, call) => {
    const domain = await domainOf(call, input)
    const rules = await call.store.list('V2RoutingRule', [domain], { limit: rulesPerDomain })
    if (rules.length === rulesPerDomain) {
      throw new BadRequestException('Maximum number of routing rules for this domain name has been reached.')
    }
    return keep(call, domain, call.ids.short(7), input)
  },

  GetRoutingRule: async (input, call) => {
    return found(call, 'V2RoutingRule', [await domainOf(call, input), input.RoutingRuleId])
  },

  ListRoutingRules: async (input, call) => {
    const domain = await domainOf(call, input)
    const rules = (await call.store.list('V2RoutingRule', [domain])).map(({ record }) => record)
    rules.sort((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    const { items, position } = pageOfList(rules, { limit: input.MaxResults, position: input.NextToken })
    return { RoutingRules: items, NextToken: position }
  },

  PutRoutingRule: async (input, call) => {
    const domain = await domainOf(call, input)
    await found(call, 'V2RoutingRule', [domain, input.RoutingRuleId])
    return keep(call, domain, input.RoutingRuleId, input)
  },

  DeleteRoutingRule: async (input, call) => {
    const key = [await domainOf(call, input), input.RoutingRuleId]
    await found(call, 'V2RoutingRule', key)
    call.store.delete('V2RoutingRule', key)
  },
}

interface Named {
  readonly DomainName: string
  readonly DomainNameId?: string | undefined
}

/** The key that a domain's rules are stored under: its name, with the id of a private one. Throws NotFoundException. */
async function domainOf(call: Call, { DomainName: domainName, DomainNameId: id = '' }: Named): Promise<string> {
  const address = { domainName, domainNameId: id === '' ? undefined : id }
  await found(call, 'DomainName', domainKey(address))
  return mappingDomain(address)
}

async function keep(call: Call, domain: string, RoutingRuleId: string, given: Given): Promise<RoutingRule> {
  const { Actions, Conditions, Priority } = given
  checkConditions(Conditions)
  await checkActions(call, Actions, domain.includes('+'))
  await refuseOtherProtocols(call, domain)
  const rules = await call.store.list('V2RoutingRule', [domain])
  if (rules.some(({ record }) => record.Priority === Priority && record.RoutingRuleId !== RoutingRuleId)) {
    throw new ConflictException(`A routing rule with the priority ${Priority} already exists for this domain name`)
  }
  const { account, region } = call.scope
  const RoutingRuleArn = `arn:aws:apigateway:${region}:${account}:/domainnames/${domain}/routingrules/${RoutingRuleId}`
  const record: RoutingRule = { Actions, Conditions, Priority, RoutingRuleArn, RoutingRuleId }
  call.store.put('V2RoutingRule', [domain, RoutingRuleId], record)
  return record
}

/** Refuses routing rules for a domain with mappings to other than REST APIs. HTTP 35.1; the words are not recorded. */
async function refuseOtherProtocols(call: Call, domain: string): Promise<void> {
  for (const { record } of await call.store.list('BasePathMapping', [domain])) {
    const protocol = await protocolOf(call, record.restApiId ?? '')
    if (protocol !== undefined && protocol !== 'REST') {
      throw new BadRequestException(
        'Routing rules are not available on a domain name with mappings to HTTP or WebSocket APIs',
      )
    }
  }
}

async function checkActions(call: Call, actions: Given['Actions'], isPrivateDomain: boolean): Promise<void> {
  const [action, ...others] = actions
  if (action === undefined || others.length > 0) {
    throw new BadRequestException('A routing rule must have exactly one action')
  }
  const { ApiId, Stage } = action.InvokeApi
  if ((await mappedProtocol(call, ApiId, Stage)) !== 'REST') {
    throw new BadRequestException('The target of a routing rule must be a stage of a REST API')
  }
  const api = (await call.store.get('RestApi', [ApiId])) ?? {}
  if (isPrivate(api) !== isPrivateDomain) {
    throw new BadRequestException('Private APIs and private domain names can only be routed to each other')
  }
}
