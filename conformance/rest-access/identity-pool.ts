// An identity pool of a gateway in the test's own process: clients, an issuer for its users' tokens, roles that trust it.
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CognitoIdentityClient, GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { createClient, type Client } from '@sluice/aws-protocol'
import type { CreateIdentityPoolInput, IdentityPool, Operations } from '@sluice/aws-protocol/cognito-identity'
import type { GatewayOptions } from 'sluice'
import { modelOf } from '../../gateway/src/services/models.ts'
import { createPair, startIssuer, tokenOf, type Issuer, type SigningPair } from '../http-plans/issuer.ts'
import { policy, startAccess, type Access } from './access.ts'
import type { Credentials } from './signing.ts'

const userPoolId = 'us-east-1_AbCdEf'
/** What the pool's users log in with. */
export const userPool = `cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
export const clientId = 'app1client'
export const identityPoolHost = 'cognito-identity.amazonaws.com'

export interface Place extends Access {
  readonly issuer: Issuer
  readonly pair: SigningPair
  /** Every operation, by the model. */
  readonly pools: Client<Operations>
  /** The AWS SDK's own client, as its credential providers use it, without credentials. */
  readonly sdk: CognitoIdentityClient
  readonly close: () => Promise<void>
}

export async function openPlace(options: GatewayOptions = {}): Promise<Place> {
  const issuer = await startIssuer()
  const pair = await createPair('one')
  issuer.keys = [pair.publicJwk]
  const access = startAccess({ ...options, cognitoIssuers: { [userPoolId]: issuer.issuer } })
  const { gateway } = access
  const { region, endpoint, requestHandler } = gateway.clientConfig
  return {
    ...access,
    issuer,
    pair,
    pools: createClient<Operations>(modelOf('cognito-identity'), {
      endpoint: 'http://cognito-identity.localhost',
      region,
      send: async ({ path, headers, body }) => {
        const url = `http://cognito-identity.localhost${path}`
        const response = await gateway.invoke(url, { method: 'POST', headers, body: Buffer.from(body) })
        const answer = Buffer.from(await response.arrayBuffer())
        return { status: response.status, headers: Object.fromEntries(response.headers), body: answer }
      },
    }),
    sdk: new CognitoIdentityClient({ region, endpoint, requestHandler, maxAttempts: 1 }),
    close: async () => {
      await gateway.close()
      await issuer.close()
    },
  }
}

let pools = 0

export function createPool(
  { pools: client }: Place,
  input: Partial<CreateIdentityPoolInput> = {},
): Promise<IdentityPool> {
  return client.call('CreateIdentityPool', {
    IdentityPoolName: `pets ${pools++}`,
    AllowUnauthenticatedIdentities: false,
    CognitoIdentityProviders: [{ ProviderName: userPool, ClientId: clientId }],
    ...input,
  })
}

/** An ID token of the user pool that everything is right about, but for what is said. */
export function idToken({ gateway, issuer, pair }: Place, claims: object = {}, signer = pair): Promise<string> {
  const now = Math.floor(gateway.clock.now() / 1000)
  const right = { iss: issuer.issuer, aud: clientId, sub: 'ada', token_use: 'id', iat: now, exp: now + 3_600 }
  return tokenOf(signer, JSON.parse(JSON.stringify({ ...right, ...claims })) as typeof right)
}

export interface RolePlan {
  readonly name: string
  /** Of the pool's tokens; absent: the role does not ask. */
  readonly amr?: 'authenticated' | 'unauthenticated'
  readonly poolId: string
  readonly actions?: readonly string[]
  /** What it may invoke; everything when absent. */
  readonly resource?: string
}

/** A role as Cognito's console makes it; resolves with its ARN. */
export async function createPoolRole({ iam }: Access, plan: RolePlan): Promise<string> {
  const { name: RoleName, amr, poolId, actions = ['sts:AssumeRoleWithWebIdentity'], resource = '*' } = plan
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: identityPoolHost },
    Action: actions,
    Condition: {
      StringEquals: { [`${identityPoolHost}:aud`]: poolId },
      ...(amr !== undefined && { 'ForAnyValue:StringLike': { [`${identityPoolHost}:amr`]: amr } }),
    },
  }
  const AssumeRolePolicyDocument = policy(statement)
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

export interface SignedIn extends Credentials {
  readonly identityId: string
}

/** The enhanced flow, by the SDK: what `fromCognitoIdentityPool` of the credential providers does. */
export async function signIn(
  { sdk }: Pick<Place, 'sdk'>,
  IdentityPoolId: string,
  Logins?: Record<string, string>,
): Promise<SignedIn> {
  const { IdentityId } = await sdk.send(new GetIdCommand({ IdentityPoolId, Logins }))
  const answer = await sdk.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
  const { AccessKeyId = '', SecretKey = '', SessionToken } = answer.Credentials ?? {}
  return {
    identityId: answer.IdentityId ?? '',
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
  }
}
