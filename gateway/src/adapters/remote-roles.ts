// Roles that AWS has: taken on with the credentials of the process, at STS or at what `AWS_ENDPOINT_URL_STS` names instead.
import { createClient, type Service } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/sts'
import type { Aws } from '../ports/aws.ts'
import { RoleFault, roleSessionName } from '../ports/roles.ts'
import type { MakeSession } from './held-roles.ts'

export interface RemoteRolesParts {
  /** Signs with the credentials of the process. */
  readonly aws: Aws
  readonly region: string
  /** The STS model; asked for at the first call. */
  readonly model: () => Service
}

const timeoutMs = 10_000

/** Whatever STS answers but a session, and its silence, is a RoleFault, whose cause says which. */
export function createRemoteRoles({ aws, region, model }: RemoteRolesParts): MakeSession {
  return async (arn) => {
    const client = createClient<Operations>(model(), {
      endpoint: 'https://sts.invalid',
      region,
      // The port knows where STS is, and signs.
      send: async ({ method, path, query, headers, body }) => {
        const answer = await aws.call({
          service: 'sts',
          region,
          method,
          target: query === '' ? path : `${path}?${query}`,
          headers: Object.entries(headers).flat(),
          body,
          timeoutMs,
        })
        return {
          status: answer.status,
          headers: Object.fromEntries(pairsOf(answer.headers)),
          body: Buffer.concat(answer.body),
        }
      },
    })
    try {
      const { Credentials } = await client.call('AssumeRole', { RoleArn: arn, RoleSessionName: roleSessionName })
      if (Credentials === undefined) throw new Error('STS answered without credentials')
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials
      const expiresAtMs = Credentials.Expiration * 1000
      return { credentials: { accessKeyId, secretAccessKey, sessionToken }, expiresAtMs, known: undefined }
    } catch (error) {
      throw new RoleFault(arn, error)
    }
  }
}

function pairsOf(list: readonly string[]): (readonly [name: string, value: string])[] {
  const pairs: [string, string][] = []
  for (let index = 0; index < list.length; index += 2) {
    pairs.push([(list[index] ?? '').toLowerCase(), list[index + 1] ?? ''])
  }
  return pairs
}
