// Parts of IAM's records as its API shows them: tags, boundaries, and policy documents, which travel percent-encoded.
import type { AttachedPermissionsBoundary, Tag } from '@sluice/aws-protocol/iam'
import { InvalidInputException } from '@sluice/aws-protocol/iam'

/** The document percent-encoded as RFC 3986 says, which encodes more than `encodeURIComponent`. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function shownTags(tags: Readonly<Record<string, string>>): { readonly Tags?: readonly Tag[] } {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  return list.length === 0 ? {} : { Tags: list }
}

export function shownBoundary(arn: string | undefined): { readonly PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (arn === undefined) return {}
  return {
    PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn },
  }
}

/** Throws InvalidInput for a key that comes twice, in whatever case. */
export function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  if (new Set(tags.map(({ Key }) => Key.toLowerCase())).size < tags.length) {
    throw new InvalidInputException('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}
