// Requests signed as clients sign them: by the SDK's own signer.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { call, region, type Access, type Answered } from './access.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface SignedCall {
  readonly method?: string
  /** Behind the stage. */
  readonly path: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly service?: string
  readonly region?: string
  /** How far the client's clock is off. */
  readonly skewMs?: number
  /** Signs the URL instead of adding headers; seconds that it lives. */
  readonly presignSeconds?: number
  /** Changes the request after it was signed. */
  readonly tamper?: (headers: Record<string, string>) => void
}

/** Signs a request to an API and sends it. */
export async function callSigned(
  access: Access,
  apiId: string,
  credentials: Credentials,
  plan: SignedCall,
): Promise<Answered> {
  const { sessionToken, ...keys } = credentials
  const signer = new SignatureV4({
    service: plan.service ?? 'execute-api',
    region: plan.region ?? region,
    credentials: { ...keys, ...(sessionToken !== undefined && { sessionToken }) },
    sha256: Sha256,
  })
  const host = `${apiId}.execute-api.localhost`
  const { method = 'GET', body } = plan
  const request = {
    method,
    protocol: 'http:',
    hostname: host,
    path: `/prod${plan.path}`,
    query: plan.query ?? {},
    headers: { ...plan.headers, host },
    ...(body !== undefined && { body }),
  }
  const signingDate = new Date(access.gateway.clock.now() + (plan.skewMs ?? 0))
  const signed =
    plan.presignSeconds === undefined
      ? await signer.sign(request, { signingDate })
      : await signer.presign(request, { signingDate, expiresIn: plan.presignSeconds })
  const query = new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll('+', '%20')
  const headers = { ...(signed.headers as Record<string, string>) }
  delete headers['host']
  plan.tamper?.(headers)
  return call(access, apiId, query === '' ? plan.path : `${plan.path}?${query}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
}
