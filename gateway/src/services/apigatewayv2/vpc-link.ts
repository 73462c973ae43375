// VPC links: names for the way to private targets. There is no VPC here, so a link is ready as soon as it exists (HTTP 8.4).
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, type Operations, type VpcLink } from '@sluice/aws-protocol/apigatewayv2'
import { nowSeconds, type Call } from '../call.ts'
import { mergedTags } from '../tags.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { page } from './page.ts'
import { checkVpcLinkCount } from './quotas.ts'

type Names = 'CreateVpcLink' | 'GetVpcLink' | 'GetVpcLinks' | 'UpdateVpcLink' | 'DeleteVpcLink'

export const vpcLink: Handlers<Operations, Names, Call> = {
  CreateVpcLink: async (input, call) => {
    checkLengths(input, { Name: [1, 128] })
    if (input.SubnetIds.length === 0) throw new BadRequestException('SubnetIds for a vpc link cannot be empty')
    if (input.SubnetIds.length > 10) throw new BadRequestException('A VPC link has at most 10 subnets')
    await checkVpcLinkCount(call)
    const VpcLinkId = call.ids.short(6)
    const record: VpcLink = {
      VpcLinkId,
      Name: input.Name,
      CreatedDate: nowSeconds(call),
      SecurityGroupIds: input.SecurityGroupIds ?? [],
      SubnetIds: input.SubnetIds,
      Tags: mergedTags({}, input.Tags) ?? {},
      VpcLinkStatus: 'AVAILABLE',
      VpcLinkStatusMessage: 'VPC link is ready to route traffic',
      VpcLinkVersion: 'V2',
    }
    call.store.put('V2VpcLink', [VpcLinkId], record)
    return record
  },

  GetVpcLink: (input, call) => found(call, 'V2VpcLink', [input.VpcLinkId]),

  GetVpcLinks: (input, call) => page(call, 'V2VpcLink', [], input),

  UpdateVpcLink: async (input, call) => {
    const stored = await found(call, 'V2VpcLink', [input.VpcLinkId])
    checkLengths(input, { Name: [1, 128] })
    const record = { ...stored, Name: input.Name ?? stored.Name }
    call.store.put('V2VpcLink', [input.VpcLinkId], record)
    return record
  },

  DeleteVpcLink: async (input, call) => {
    await found(call, 'V2VpcLink', [input.VpcLinkId])
    await refuseUsed(call, input.VpcLinkId)
    call.store.delete('V2VpcLink', [input.VpcLinkId])
    return {}
  },
}

/** Throws BadRequestException while an integration uses the link. AWS's sentence names the routes that lead there. */
async function refuseUsed(call: Call, id: string): Promise<void> {
  const users: string[] = []
  for (const { key, record } of await call.store.list('V2Integration', [])) {
    if (record.ConnectionId !== id) continue
    const [apiId = '', integrationId = ''] = key
    const routes = await call.store.list('V2Route', [apiId])
    const leading = routes.filter(({ record: route }) => route.Target === `integrations/${integrationId}`)
    const resources = leading.length === 0 ? [integrationId] : leading.map(({ record: route }) => route.RouteId)
    users.push(...resources.map((resource) => `${record.IntegrationMethod}:${resource}`))
  }
  if (users.length === 0) return
  const where = `is referenced in [${users.join(', ')}] in format of [Method:Resource].`
  throw new BadRequestException(`Cannot delete vpc link. Vpc link '${id}', ${where}`)
}
