// Checks authorizers; shared by creating, patching and importing (recorded REST 10, Security C.1).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Authorizer } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'

const longestTtlSeconds = 3600

/** The sentences here and below are AWS's, as CloudFormation stacks that failed showed them (observed). */
export const ttlSentence = 'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.'

const lambdaUri = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/{1,2}\d{4}-\d{2}-\d{2}\/functions\/[^]+\/invocations$/

const headerSource = /^method\.request\.header\.[a-zA-Z0-9._$-]+$/
const requestSource =
  /^(?:method\.request\.(?:header|querystring)\.[a-zA-Z0-9._$-]+|stageVariables\.\w+|context\.[\w.]+)$/

/** Throws BadRequestException for the first rule that the authorizer breaks. */
export function checkAuthorizer(authorizer: Authorizer): void {
  if (!authorizer.name) throw new BadRequestException('Authorizer name cannot be empty')
  const isCognito = authorizer.type === 'COGNITO_USER_POOLS'
  if (isCognito) checkProviders(authorizer.providerARNs)
  else checkUri(authorizer.authorizerUri)
  const ttlSeconds = authorizer.authorizerResultTtlInSeconds
  if (ttlSeconds !== undefined && !(ttlSeconds >= 0 && ttlSeconds <= longestTtlSeconds)) {
    throw new BadRequestException(ttlSentence)
  }
  checkIdentitySource(authorizer)
}

function checkUri(uri: string | undefined): void {
  if (lambdaUri.test(uri ?? '')) return
  const should = 'Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.'
  throw new BadRequestException(`Invalid Authorizer URI: ${uri ?? ''}. ${should}`)
}

function checkProviders(arns: readonly string[] = []): void {
  if (arns.length === 0) throw new BadRequestException('ProviderARNs cannot be empty')
  const wrong = arns.find((arn) => !/^arn:[^:]+:cognito-idp:[^]+$/.test(arn) && !arn.includes('${stageVariables.'))
  if (wrong !== undefined) throw new BadRequestException(`Invalid provider ARN specified: ${wrong}`)
}

/** TOKEN and COGNITO_USER_POOLS take one header; REQUEST takes a comma-separated list, which may be empty only when nothing is cached. */
function checkIdentitySource({ type, identitySource, authorizerResultTtlInSeconds }: Authorizer): void {
  if (type === 'REQUEST') {
    const sources = identitySource?.split(',').map((source) => source.trim()) ?? []
    if (sources.length === 0 && authorizerResultTtlInSeconds !== 0) {
      // AWS: the sentence names no reason (observed in stacks).
      throw new BadRequestException('Invalid request input')
    }
    const wrong = sources.find((source) => !requestSource.test(source))
    if (wrong !== undefined)
      throw new BadRequestException(noRequestSource(wrong, "method request parameter, matching 'method"))
    return
  }
  if (identitySource === undefined && type === 'COGNITO_USER_POOLS') return
  if (!identitySource) throw new BadRequestException('IdentitySource cannot be empty')
  if (headerSource.test(identitySource)) return
  if (type === 'COGNITO_USER_POOLS')
    throw new BadRequestException(`Invalid identity source specified: ${identitySource}`)
  const must = "The source must be a method request header, matching 'method.request.header.[a-zA-Z0-9._-]+'."
  throw new BadRequestException(`Invalid token source expression: ${identitySource}. ${must}`)
}

/**
 * AWS's sentence for an identity source that is none, of WebSocket APIs too. `parameter` is how it names a parameter of the
 * request. Observed in stacks up to the words about stage variables; the rest is our guess in the same style (?).
 */
export function noRequestSource(expression: string, parameter: string): string {
  const sources = [
    `either a ${parameter}.request.querystring|header.[a-zA-Z0-9._-]+'`,
    "or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+'",
    "or a context parameter, matching 'context.[a-zA-Z0-9._-]+'",
  ].join(', ')
  const must = `The sources must be separated by comma, and each source must be ${sources}`
  return `Invalid request identity source expression: ${expression}. ${must}`
}

/** Checks and stores an authorizer, whose name must be unique within the API. Throws BadRequestException. */
export async function putAuthorizer(call: Call, restApiId: string, record: Authorizer): Promise<void> {
  checkAuthorizer(record)
  const all = await call.store.list('Authorizer', [restApiId])
  const before = all.find(({ record: other }) => other.id === record.id)?.record
  checkPassRole(call, record.authorizerCredentials, before?.authorizerCredentials)
  if (all.some(({ record: other }) => other.id !== record.id && other.name === record.name)) {
    const taken = `Authorizer ${record.name} already exists in this RestApi.`
    throw new BadRequestException(`Authorizer name must be unique. ${taken}`)
  }
  call.store.put('Authorizer', [restApiId, record.id ?? ''], record)
}
