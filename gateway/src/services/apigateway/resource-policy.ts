// Checks resource policies of REST APIs and private domain names, and turns them into the forms that are stored and shown.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import { parsePolicy, PolicyFault } from '@sluice/iam-policy'

/** The place that the short resources of a policy (`execute-api:/…`) mean. */
export interface PolicyPlace {
  readonly region: string
  readonly account: string
  /** The API id, which stands between the account and the stage. */
  readonly apiId: string
}

const mostPolicyCharacters = 8192
const shortResource = /^execute-api:\/?/

/**
 * The policy as it is stored: JSON text in which `execute-api:/…` resources are whole ARNs, and a list of one resource is
 * that resource (recorded REST 2.4). Without a place, as for domain names, resources stay as they were written. Throws
 * BadRequestException for a text that is no policy document.
 */
export function storedPolicy(policy: string | undefined, place?: PolicyPlace): string | undefined {
  if (policy === undefined || policy === '') return undefined
  if (policy.length > mostPolicyCharacters) {
    throw new BadRequestException(`Resource policy exceeds the maximum size of ${mostPolicyCharacters} characters`)
  }
  const document = parsed(policy)
  const statements: readonly unknown[] = Array.isArray(document['Statement'])
    ? document['Statement']
    : [document['Statement']]
  const stored = { ...document, Statement: statements.map((statement) => expanded(statement, place)) }
  checkLanguage(stored)
  return JSON.stringify(stored)
}

/** Throws BadRequestException for a policy that could not be evaluated; its short resources have been completed. */
function checkLanguage(document: object): void {
  try {
    parsePolicy(document, {
      kind: 'resource',
      expandResource: (resource) => resource.replace(shortResource, 'arn:aws:execute-api:*:*:'),
    })
  } catch (error) {
    throw error instanceof PolicyFault ? invalidPolicy() : error
  }
}

/** The policy as AWS shows it for a REST API: escaped once more, with a backslash before quotes and backslashes (recorded REST 2.4). */
export function shownPolicy(policy: string | undefined): string | undefined {
  return policy === undefined ? undefined : JSON.stringify(policy).slice(1, -1)
}

function parsed(policy: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(policy)
    if (isObject(document) && document['Statement'] !== undefined) return document
  } catch {
    // Said below.
  }
  throw invalidPolicy()
}

function expanded(statement: unknown, place: PolicyPlace | undefined): unknown {
  if (!isObject(statement) || !['Allow', 'Deny'].includes(String(statement['Effect']))) throw invalidPolicy()
  return Object.fromEntries(
    Object.entries(statement).map(([key, value]) => [
      key,
      key === 'Resource' || key === 'NotResource' ? expandedResources(value, place) : value,
    ]),
  )
}

function expandedResources(value: unknown, place: PolicyPlace | undefined): unknown {
  const resources: readonly unknown[] = Array.isArray(value) ? value : [value]
  const written = resources.map((resource) => {
    if (typeof resource !== 'string') throw invalidPolicy()
    if (place === undefined) return resource
    return resource.replace(shortResource, `arn:aws:execute-api:${place.region}:${place.account}:${place.apiId}/`)
  })
  return written.length === 1 ? written[0] : written
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalidPolicy(): BadRequestException {
  return new BadRequestException(
    'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
  )
}
