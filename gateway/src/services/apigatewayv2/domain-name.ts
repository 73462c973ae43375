// Custom domain names: the user's own hosts, under which API mappings and routing rules choose an API and a stage.
import type { Handlers } from '@sluice/aws-protocol'
import { ConflictException, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { DomainNameRecord } from '../../nouns/records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { claimDomain, deleteDomain, withAddresses } from '../domains/record.ts'
import { withTruststore } from '../domains/truststore.ts'
import { mergedTags } from '../tags.ts'
import { checkDomainName, settledConfigurations, settledMutualTls } from './domain-name-rules.ts'
import { configurationsOf, shownDomain, storedConfigurations, storedRoutingMode } from './domain-view.ts'
import { found } from './found.ts'
import { pageOfEntries } from './page.ts'

type Names = 'CreateDomainName' | 'GetDomainName' | 'GetDomainNames' | 'UpdateDomainName' | 'DeleteDomainName'

export const domainName: Handlers<Operations, Names, Call> = {
  CreateDomainName: async (input, call) => {
    const { DomainName: name } = input
    checkDomainName(name)
    const given: DomainNameRecord = withAddresses(call, {
      domainName: name,
      ...storedConfigurations(settledConfigurations(call.scope.region, input.DomainNameConfigurations)),
      certificateUploadDate: nowSeconds(call),
      domainNameStatus: 'AVAILABLE',
      mutualTlsAuthentication: settledMutualTls(input.MutualTlsAuthentication, undefined),
      routingMode: storedRoutingMode(input.RoutingMode) ?? 'BASE_PATH_MAPPING_ONLY',
      tags: mergedTags(undefined, input.Tags),
    })
    const record = await withTruststore(call, given, undefined)
    if (!(await claimDomain(call, name))) {
      throw new ConflictException('The domain name you provided already exists.')
    }
    call.store.put('DomainName', [name], record)
    return shownDomain(record)
  },

  GetDomainName: async (input, call) => shownDomain(await found(call, 'DomainName', [input.DomainName])),

  GetDomainNames: async (input, call) => {
    const { entries, next } = await pageOfEntries(call, 'DomainName', [], input)
    // Only v1 shows private names, whose key has the id as well.
    const shown = entries.filter(({ key }) => key.length === 1)
    return { Items: shown.map(({ record }) => shownDomain(record)), ...next }
  },

  UpdateDomainName: async (input, call) => {
    const stored = await found(call, 'DomainName', [input.DomainName])
    const { region } = call.scope
    const configurations = settledConfigurations(region, input.DomainNameConfigurations, configurationsOf(stored))
    const changed: DomainNameRecord = withAddresses(call, {
      ...stored,
      ...storedConfigurations(configurations),
      mutualTlsAuthentication: settledMutualTls(input.MutualTlsAuthentication, stored.mutualTlsAuthentication),
      routingMode: storedRoutingMode(input.RoutingMode) ?? stored.routingMode,
    })
    const record = await withTruststore(call, changed, stored)
    call.store.put('DomainName', [input.DomainName], record)
    return shownDomain(record)
  },

  DeleteDomainName: async (input, call) => deleteDomain(call, await found(call, 'DomainName', [input.DomainName])),
}
