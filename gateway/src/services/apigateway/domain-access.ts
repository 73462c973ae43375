// Domain name access associations: which VPC endpoints may reach a private domain name. Rules: REST 13.4.
import { BadRequestException, ConflictException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { DomainNameAccessAssociation, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { mergedTags } from '../tags.ts'
import { claimAssociation, deleteAssociation } from '../domains/record.ts'
import { found } from './found.ts'

export const domainAccess: Handlers<
  Operations,
  | 'CreateDomainNameAccessAssociation'
  | 'GetDomainNameAccessAssociations'
  | 'DeleteDomainNameAccessAssociation'
  | 'RejectDomainNameAccessAssociation',
  Call
> = {
  CreateDomainNameAccessAssociation: async (input, call) => {
    const domain = await privateDomain(call, input.domainNameArn)
    if (!/^vpce-[a-z0-9-]+$/.test(input.accessAssociationSource)) {
      throw new BadRequestException(`Invalid VPC endpoint id specified: ${input.accessAssociationSource}`)
    }
    const { region, account } = call.scope
    const source = `vpcesource/${input.accessAssociationSource}`
    const arn = `arn:aws:apigateway:${region}:${account}:/domainnameaccessassociations/domainname/${domain}/${source}`
    if ((await call.store.get('DomainNameAccessAssociation', [arn])) !== undefined) {
      throw new ConflictException('Domain name access association already exists')
    }
    const record: DomainNameAccessAssociation = {
      domainNameAccessAssociationArn: arn,
      domainNameArn: input.domainNameArn,
      accessAssociationSourceType: input.accessAssociationSourceType,
      accessAssociationSource: input.accessAssociationSource,
      tags: mergedTags(undefined, input.tags),
    }
    // AWS: several private names may be equal, and the VPC endpoint's owner chooses one by associating it. Here the first association wins.
    if (!(await claimAssociation(call, record))) {
      throw new ConflictException('The VPC endpoint is associated with another domain name of the same name')
    }
    call.store.put('DomainNameAccessAssociation', [arn], record)
    return record
  },

  GetDomainNameAccessAssociations: async ({ resourceOwner, ...page }, call) => {
    if (resourceOwner === 'OTHER_ACCOUNTS') return { items: [] }
    const { items, position } = await pageOfRecords(call.store, 'DomainNameAccessAssociation', [], page)
    return { items: items.map(({ record }) => record), position }
  },

  DeleteDomainNameAccessAssociation: async ({ domainNameAccessAssociationArn: arn }, call) => {
    deleteAssociation(call, await foundAssociation(call, arn))
  },

  // Called by the domain name's owner; the association is deleted for both sides.
  RejectDomainNameAccessAssociation: async ({ domainNameAccessAssociationArn: arn, domainNameArn }, call) => {
    const association = await foundAssociation(call, arn)
    if (association.domainNameArn !== domainNameArn) throw unknownAssociation()
    deleteAssociation(call, association)
  },
}

async function foundAssociation(call: Call, arn: string): Promise<DomainNameAccessAssociation> {
  return found(await call.store.get('DomainNameAccessAssociation', [arn]), unknownAssociation().message)
}

function unknownAssociation(): NotFoundException {
  return new NotFoundException('Invalid domain name access association identifier specified')
}

/** The key `name+id` of a private domain name of this account. Throws when the ARN names none. */
async function privateDomain(call: Call, arn: string): Promise<string> {
  const [, name = '', id = ''] = /:\/domainnames\/([^/+]+)\+([^/+]+)$/.exec(arn) ?? []
  const domain = await call.store.get('DomainName', [name, id])
  if (domain?.domainNameArn !== arn) throw new NotFoundException('Invalid domain name identifier specified')
  return `${name}+${id}`
}
