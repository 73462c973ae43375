// Custom domain names: hosts of one's own, under which API mappings and routing rules choose an API and a stage.
import type { Handlers } from '@sluice/aws-protocol'
import { ConflictException, type DomainName, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { mergedTags } from '../tags.ts'
import { checkDomainName, settledConfigurations, settledMutualTls } from './domain-name-rules.ts'
import { found } from './found.ts'
import { page } from './page.ts'

type Names = 'CreateDomainName' | 'GetDomainName' | 'GetDomainNames' | 'UpdateDomainName' | 'DeleteDomainName'

export const domainName: Handlers<Operations, Names, Call> = {
  CreateDomainName: async (input, call) => {
    const { DomainName: name } = input
    checkDomainName(name)
    const record: DomainName = {
      ApiMappingSelectionExpression: '$request.basepath',
      DomainName: name,
      DomainNameArn: `arn:aws:apigateway:${call.scope.region}::/domainnames/${name}`,
      DomainNameConfigurations: settledConfigurations(call, input.DomainNameConfigurations),
      MutualTlsAuthentication: settledMutualTls(input.MutualTlsAuthentication, undefined),
      RoutingMode: input.RoutingMode ?? 'API_MAPPING_ONLY',
      Tags: mergedTags({}, input.Tags) ?? {},
    }
    const owner = JSON.stringify({ ...call.scope, kind: 'V2DomainName' })
    if (!(await call.store.claim('domain', name, owner))) {
      throw new ConflictException('The domain name you provided already exists.')
    }
    call.store.put('V2DomainName', [name], record)
    return record
  },

  GetDomainName: (input, call) => found(call, 'V2DomainName', [input.DomainName]),

  GetDomainNames: (input, call) => page(call, 'V2DomainName', [], input),

  UpdateDomainName: async (input, call) => {
    const stored = await found(call, 'V2DomainName', [input.DomainName])
    const record: DomainName = {
      ...stored,
      DomainNameConfigurations: settledConfigurations(
        call,
        input.DomainNameConfigurations,
        stored.DomainNameConfigurations,
      ),
      MutualTlsAuthentication: settledMutualTls(input.MutualTlsAuthentication, stored.MutualTlsAuthentication),
      RoutingMode: input.RoutingMode ?? stored.RoutingMode,
    }
    call.store.put('V2DomainName', [input.DomainName], record)
    return record
  },

  DeleteDomainName: async (input, call) => {
    await found(call, 'V2DomainName', [input.DomainName])
    for (const kind of ['V2ApiMapping', 'V2RoutingRule'] as const) {
      for (const { key } of await call.store.list(kind, [input.DomainName])) call.store.delete(kind, key)
    }
    call.store.delete('V2DomainName', [input.DomainName])
    call.store.release('domain', input.DomainName)
  },
}
