// Tags of APIs, stages, domain names and VPC links, by ARN; they are stored in the records of these.
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { Key } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { mergedTags, withoutTags, type Tags } from '../tags.ts'
import { found } from './found.ts'

type TaggedKind = 'V2Api' | 'V2Stage' | 'DomainName' | 'V2VpcLink'

interface Tagged {
  readonly kind: TaggedKind
  readonly key: Key
}

/** The path of a taggable resource's ARN, and its kind (HTTP 37.2). */
const paths: readonly (readonly [RegExp, TaggedKind])[] = [
  [/^\/apis\/([^/]+)$/, 'V2Api'],
  [/^\/apis\/([^/]+)\/stages\/([^/]+)$/, 'V2Stage'],
  [/^\/domainnames\/([^/]+)$/, 'DomainName'],
  [/^\/vpclinks\/([^/]+)$/, 'V2VpcLink'],
]

export const tag: Handlers<Operations, 'GetTags' | 'TagResource' | 'UntagResource', Call> = {
  GetTags: async (input, call) => {
    const { kind, key } = parseArn(call, input.ResourceArn)
    if (kind === 'DomainName') return { Tags: (await found(call, kind, key)).tags ?? {} }
    return { Tags: (await found(call, kind, key)).Tags ?? {} }
  },

  TagResource: async (input, call) => {
    await retag(call, parseArn(call, input.ResourceArn), (tags) => mergedTags(tags, input.Tags))
    return {}
  },

  UntagResource: async (input, call) => {
    await retag(call, parseArn(call, input.ResourceArn), (tags) => withoutTags(tags, input.TagKeys))
  },
}

type Change = (tags: Tags | undefined) => Tags | undefined

async function retag(call: Call, { kind, key }: Tagged, change: Change): Promise<void> {
  if (kind === 'DomainName') {
    const domain = await found(call, kind, key)
    call.store.put(kind, key, { ...domain, tags: change(domain.tags) })
    return
  }
  const record = await found(call, kind, key)
  call.store.put(kind, key, { ...record, Tags: change(record.Tags) ?? {} })
}

function parseArn(call: Call, arn: string): Tagged {
  const [path] = /(?<=^arn:[\w-]+:apigateway:[\w-]+:\d*:)\/.*$/s.exec(arn) ?? []
  const region = arn.split(':')[3]
  for (const [pattern, kind] of paths) {
    const match = path === undefined || region !== call.scope.region ? null : pattern.exec(path)
    if (match !== null) return { kind, key: match.slice(1) }
  }
  throw new BadRequestException('Invalid ARN specified in the request')
}
