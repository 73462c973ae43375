// Tags by ARN: finds the record that keeps a resource's tags, and adds, removes and reads them (REST 17, Security D.7).
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Key } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { mergedTags, withoutTags } from '../tags.ts'
import type { Tags } from '../tags.ts'

/** The kinds of resources that have tags, with the form of their ARN's last part. */
const taggable = [
  { kind: 'RestApi', path: /^\/restapis\/([^/]+)$/ },
  { kind: 'Stage', path: /^\/restapis\/([^/]+)\/stages\/([^/]+)$/ },
  { kind: 'ApiKey', path: /^\/apikeys\/([^/]+)$/ },
  { kind: 'UsagePlan', path: /^\/usageplans\/([^/]+)$/ },
  { kind: 'DomainName', path: /^\/domainnames\/([^/+]+)(?:\+([^/]+))?$/ },
  { kind: 'VpcLink', path: /^\/vpclinks\/([^/]+)$/ },
  { kind: 'ClientCertificate', path: /^\/clientcertificates\/([^/]+)$/ },
  { kind: 'DomainNameAccessAssociation', path: /^\/domainnameaccessassociations\/.+$/ },
] as const

type TaggableKind = (typeof taggable)[number]['kind']

export const tag: Handlers<Operations, 'TagResource' | 'UntagResource' | 'GetTags', Call> = {
  TagResource: async ({ resourceArn, tags }, call) => {
    const place = placeOf(call, resourceArn)
    await retag(call, place, (existing) => mergedTags(existing, tags))
  },

  UntagResource: async ({ resourceArn, tagKeys }, call) => {
    const place = placeOf(call, resourceArn)
    await retag(call, place, (existing) => withoutTags(existing, tagKeys))
  },

  GetTags: async ({ resourceArn }, call) => {
    const { kind, key } = placeOf(call, resourceArn)
    const record = await call.store.get(kind, key)
    if (record === undefined) throw unknownResource()
    return { tags: record.tags ?? {} }
  },
}

interface Place {
  readonly kind: TaggableKind
  readonly key: Key
}

/** The kind and key of the record that an ARN names: `arn:{partition}:apigateway:{region}:[account]:/{path}`. */
function placeOf(call: Call, resourceArn: string): Place {
  const [, region, account, path = ''] = /^arn:[^:]+:apigateway:([^:]*):([^:]*):([^]*)$/.exec(resourceArn) ?? []
  for (const { kind, path: form } of taggable) {
    const parts = form.exec(path)
    if (parts === null) continue
    if (region !== call.scope.region || (account !== '' && account !== call.scope.account)) throw unknownResource()
    // The key of an association is its whole ARN.
    if (kind === 'DomainNameAccessAssociation') return { kind, key: [resourceArn] }
    return { kind, key: parts.slice(1).filter((part) => part !== undefined) }
  }
  throw new BadRequestException(`Invalid ARN specified in the request: ${resourceArn}`)
}

async function retag(
  call: Call,
  place: Place,
  change: (existing: Tags | undefined) => Tags | undefined,
): Promise<void> {
  const record = await call.store.get(place.kind, place.key)
  if (record === undefined) throw unknownResource()
  call.store.put(place.kind, place.key, { ...record, tags: change(record.tags) })
}

function unknownResource(): NotFoundException {
  return new NotFoundException('Invalid resource identifier specified')
}
