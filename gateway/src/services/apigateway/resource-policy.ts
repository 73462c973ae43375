// Resource policies as a REST API or a private domain keeps them: checked, short resources written out, those of APIs escaped on the way out.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import { parsePolicy, PolicyFault } from '@sluice/iam-policy'

/** Where short resources of a policy point to. */
export interface PolicyPlace {
  readonly region: string
  readonly account: string
  /** The API id, which stands between the account and the stage. */
  readonly apiId: string
}

const mostPolicyCharacters = 8192
const shortResource = /^execute-api:\/?/

/**
 * The policy as it is stored: JSON text with `execute-api:/…` resources written out and lists of one resource as that resource
 * (recorded REST 2.4). Without a place, as for domain names, resources stay as written, short ones too. Throws
 * BadRequestException for anything that is no policy document.
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

/** Whether it is a policy that can be evaluated, once what is short in it is written out. Throws BadRequestException. */
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

/** AWS shows the policy of a REST API escaped once more: its quotes and backslashes have a backslash (recorded REST 2.4). */
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
