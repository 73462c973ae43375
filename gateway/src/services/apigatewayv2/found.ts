// Loads the records that a call names, or throws AWS's NotFoundException for the outermost one that is missing.
import { NotFoundException } from '@sluice/aws-protocol/apigatewayv2'
import type { Key, Kind, Records } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

interface Finding {
  readonly parent?: Kind
  /** AWS's sentence. It follows v1's recorded sentences, because not all of v2's are recorded. */
  readonly missing: (call: Call, id: string) => string
}

const identifier = (noun: string) => (): string => `Invalid ${noun} identifier specified`

const findings = {
  V2Api: { missing: (call, id) => `Invalid API identifier specified ${call.scope.account}:${id}` },
  V2Route: { parent: 'V2Api', missing: identifier('Route') },
  V2RouteResponse: { parent: 'V2Route', missing: identifier('Route Response') },
  V2Integration: { parent: 'V2Api', missing: identifier('Integration') },
  V2IntegrationResponse: { parent: 'V2Integration', missing: identifier('Integration Response') },
  V2Authorizer: { parent: 'V2Api', missing: identifier('Authorizer') },
  V2Model: { parent: 'V2Api', missing: identifier('Model') },
  V2Deployment: { parent: 'V2Api', missing: identifier('Deployment') },
  V2Stage: { parent: 'V2Api', missing: identifier('stage') },
  DomainName: { missing: identifier('domain name') },
  // No parent is listed: the domain may be private, and its key then differs from the one that its rules are stored under.
  V2RoutingRule: { missing: identifier('routing rule') },
  V2VpcLink: { missing: identifier('VPC link') },
} as const satisfies Partial<Record<Kind, Finding>>

export type FoundKind = keyof typeof findings

/** The record under `key`, after each of its parents was found. Throws NotFoundException for the first that is missing. */
export async function found<K extends FoundKind>(call: Call, kind: K, key: Key): Promise<Records[K]> {
  const finding: Finding = findings[kind]
  if (finding.parent !== undefined) await found(call, finding.parent as FoundKind, key.slice(0, -1))
  const record = await call.store.get(kind, key)
  if (record === undefined) throw new NotFoundException(finding.missing(call, key.at(-1) ?? ''))
  return record
}
