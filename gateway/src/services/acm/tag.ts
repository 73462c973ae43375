// Tags of certificates. https://docs.aws.amazon.com/acm/latest/APIReference/API_AddTagsToCertificate.html
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidTagException, TooManyTagsException, type Operations, type Tag } from '@sluice/aws-protocol/acm'
import type { CertificateRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { foundCertificate } from './found.ts'

/** ACM's quota of tags a certificate. */
const mostTags = 50

export const tag: Handlers<
  Operations,
  'AddTagsToCertificate' | 'RemoveTagsFromCertificate' | 'ListTagsForCertificate',
  Call
> = {
  AddTagsToCertificate: async ({ CertificateArn, Tags }, call) => {
    const record = await foundCertificate(call, CertificateArn)
    keep(call, record, { ...record.tags, ...checkedTags(Tags) })
  },

  // A tag that is given with a value goes only when it has that value.
  RemoveTagsFromCertificate: async ({ CertificateArn, Tags }, call) => {
    const record = await foundCertificate(call, CertificateArn)
    const left = Object.entries(record.tags ?? {}).filter(
      ([key, value]) => !Tags.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value)),
    )
    keep(call, record, Object.fromEntries(left))
  },

  ListTagsForCertificate: async ({ CertificateArn }, call) => {
    const { tags = {} } = await foundCertificate(call, CertificateArn)
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}

/** Tags of a request, by key; a tag without a value has the value `""`. Throws InvalidTagException for AWS's own keys. */
export function checkedTags(tags: readonly Tag[]): Readonly<Record<string, string>> {
  if (tags.some(({ Key }) => /^aws:/i.test(Key))) {
    throw new InvalidTagException('Tag keys that start with aws: are reserved for internal use.')
  }
  return Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]))
}

/** Stores the certificate with its new tags. Throws TooManyTagsException when they are too many. */
function keep(call: Call, record: CertificateRecord, tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > mostTags) throw new TooManyTagsException(`A certificate has at most ${mostTags} tags.`)
  call.store.put('Certificate', [record.certificateArn.split('/')[1] ?? ''], { ...record, tags })
}
