// The authorizers of an imported document. Those that cannot be made are left out, together with their routes, and a
// warning is given (HTTP 11.1).
import { BadRequestException, type Authorizer } from '@sluice/aws-protocol/apigatewayv2'
import { DocumentFault, messagesOf, type HttpAuthorizer, type Readings, type ReadTextOptions } from '@sluice/openapi'
import type { Scope } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { checkAuthorizer } from './authorizer-rules.ts'
import { patched } from './patch.ts'

type Description = Readings['HttpApi']

/** A description together with the warnings about what was left out of it. */
export interface Warned extends Description {
  readonly sentences: readonly string[]
}

/** The description without the parts that AWS ignores, and a warning for each. The sentences are AWS's. */
export function withoutBroken(description: Description, unreachable: ReadonlySet<string>): Warned {
  const sentences = messagesOf(description.warnings)
  const broken = new Map<string, string>()
  for (const described of description.authorizers) {
    const problem = problemOf(described, unreachable)
    if (problem !== undefined) broken.set(described.name, problem)
  }
  const isBroken = ({ authorizerName = '' }: { readonly authorizerName?: string }): boolean =>
    broken.has(authorizerName)
  for (const [name, problem] of broken) {
    sentences.push(`Unable to create Authorizer '${name}': ${problem}. Ignoring.`)
  }
  for (const { routeKey, authorizationType } of description.routes.filter(isBroken)) {
    const [method = '', path = ''] = routeKey.split(' ')
    const requires = `Setting the authorization type to ${authorizationType} requires a valid authorizer`
    const unable = `Unable to put method '${method}' on resource at path '${path}'`
    sentences.push(`${unable}: Invalid authorizer definition. ${requires}. Ignoring.`)
  }
  return {
    ...description,
    sentences,
    authorizers: description.authorizers.filter(({ name }) => !broken.has(name)),
    routes: description.routes.filter((route) => !isBroken(route)),
  }
}

function problemOf(described: HttpAuthorizer, unreachable: ReadonlySet<string>): string | undefined {
  try {
    checkAuthorizer(httpApi, authorizerOf(described, ''), unreachable)
    return undefined
  } catch (error) {
    if (error instanceof BadRequestException) return error.message
    throw error
  }
}

/** Documents describe HTTP APIs; the check of authorizers reads nothing else of the API. */
const httpApi = { Name: '', ProtocolType: 'HTTP', RouteSelectionExpression: '' } as const

/** The record of the authorizer that the document has under this name. */
export function authorizerOf(
  { name, jwtConfiguration: jwt, ...described }: HttpAuthorizer,
  AuthorizerId: string,
): Authorizer {
  const JwtConfiguration = jwt && { Issuer: jwt.issuer, Audience: jwt.audience }
  return patched<Authorizer>(
    { AuthorizerId, Name: name },
    { ...(capitalised(described) as Partial<Authorizer>), JwtConfiguration },
  )
}

/**
 * The members with capital first letters: the library names them as documents do (`integrationUri`), the records as the
 * service model does (`IntegrationUri`).
 */
export function capitalised(described: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(described).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  )
}

/** The variables that may stand in a document, with their values. */
export function documentVariables({ account, region }: Scope): Pick<ReadTextOptions, 'variables'> {
  return { variables: { accountId: account, partition: 'aws', region } }
}

/** The issuers that a document's authorizers name; none for an unreadable document, which the import itself refuses. */
export async function issuersIn(
  body: string,
  { scope, documents }: Pick<Call, 'scope' | 'documents'>,
): Promise<readonly string[]> {
  try {
    const { authorizers } = await documents.read('HttpApi', body, documentVariables(scope))
    return authorizers.flatMap(({ jwtConfiguration }) => jwtConfiguration?.issuer ?? [])
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    return []
  }
}
