// A real token issuer: discovery and JWKS over HTTP, tokens signed by jose.
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import { startBackend, type Backend } from './backend.ts'

export interface SigningPair {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export interface Issuer {
  readonly backend: Backend
  /** What tokens and the discovery document name; the URL of the server at first. */
  issuer: string
  /** What the JWKS lists. */
  keys: readonly JWK[]
  readonly close: () => Promise<void>
}

export async function createPair(kid: string, algorithm = 'RS256'): Promise<SigningPair> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } }
}

export async function startIssuer(): Promise<Issuer> {
  const backend = await startBackend()
  const issuer: Issuer = { backend, issuer: backend.url, keys: [], close: () => backend.close() }
  serve(issuer)
  return issuer
}

/** Answers as an issuer does. */
export function serve(issuer: Issuer): void {
  const { backend } = issuer
  backend.answer = (request, response) => {
    const isDiscovery = request.url === '/.well-known/openid-configuration'
    const document = isDiscovery ? { issuer: issuer.issuer, jwks_uri: `${backend.url}/keys` } : { keys: issuer.keys }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document))
  }
}

/** A token with the claims as they are: nothing is added. */
export function tokenOf(pair: SigningPair, claims: JWTPayload, algorithm = 'RS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: pair.kid }).sign(pair.privateKey)
}
