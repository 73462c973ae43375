// The quotas of one API's parts, and the largest size of mapping templates. REST 12.
import { BadRequestException, LimitExceededException } from '@sluice/aws-protocol/apigateway'
import type { Kind } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

/**
 * AWS raises most of these on request (10 authorizers, 2,000 documentation parts). Own: here they are raised from the
 * start, and only keep an API from growing without bound. The gateway's options set those of resources and stages.
 */
const fixed = {
  Authorizer: { noun: 'Authorizers', most: 100 },
  DocumentationPart: { noun: 'Documentation Parts', most: 20_000 },
  Model: { noun: 'Models', most: 10_000 },
} as const satisfies { readonly [K in Kind]?: unknown }

/** Throws LimitExceededException when the API already has the largest number of this kind. */
export async function checkQuota(call: Call, kind: keyof typeof fixed | 'Stage', restApiId: string): Promise<void> {
  const { noun, most } = kind === 'Stage' ? { noun: 'Stages', most: call.limits.stagesPerApi } : fixed[kind]
  const present = await call.store.list(kind, [restApiId], { limit: most })
  if (present.length >= most) throw reached(noun)
}

/** Throws LimitExceededException when an API would have more resources than it may; `count` includes the root. */
export function checkResourceCount(call: Call, count: number): void {
  if (count > call.limits.resourcesPerApi) throw reached('Resources')
}

/** Throws LimitExceededException when the gateway's options limit the number of APIs and it is reached. The sentence is ours (?). */
export async function checkApiCount(call: Call): Promise<void> {
  const { apisPerRegion: most } = call.limits
  if (most === undefined) return
  const rest = await call.store.list('RestApi', [], { limit: most })
  const v2 = await call.store.list('V2Api', [], { limit: most })
  if (rest.length + v2.length < most) return
  throw new LimitExceededException(
    'Maximum number of APIs for this account has been reached.  Please contact AWS if you need additional APIs.',
  )
}

/** AWS's sentence, with its two spaces. */
function reached(noun: string): LimitExceededException {
  return new LimitExceededException(
    `Maximum number of ${noun} for this API has been reached.  Please contact AWS if you need additional ${noun}.`,
  )
}

const templateCharacters = 300 * 1024

/** Throws BadRequestException for a mapping template that is larger than AWS takes; the sentence is ours (?). */
export function checkTemplateSizes(templates: Readonly<Record<string, string | null>> | undefined): void {
  for (const [contentType, template] of Object.entries(templates ?? {})) {
    if ((template?.length ?? 0) > templateCharacters) {
      throw new BadRequestException(
        `Invalid mapping template specified for content type ${contentType}: it may have at most ${templateCharacters} characters`,
      )
    }
  }
}
