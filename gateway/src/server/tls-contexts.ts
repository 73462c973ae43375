// The certificate and settings that a TLS connection is answered with: a custom domain name's own, else the listener's.
import { constants } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import type { CustomDomain } from '../plan/custom-domain.ts'
import type { Domains } from '../plan/domains.ts'
import type { Store } from '../ports/store.ts'
import { tlsProfile } from './tls-profiles.ts'

/** A certificate with its chain, and its private key, as PEM texts. */
export interface KeyPair {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** How a connection is answered. */
export interface TlsAnswer {
  /** Undefined: there is no certificate for this name. */
  readonly context: SecureContext | undefined
  /** Whether the client is asked for a certificate of its own. */
  readonly asksForCertificate: boolean
}

export interface TlsContextsParts {
  readonly store: Store
  readonly domains: Domains
  /** For host names that are no custom domain names, and for those whose certificate is not here. */
  readonly fallback: KeyPair | undefined
}

export class TlsContexts {
  private readonly parts: TlsContextsParts
  private readonly fallback: TlsAnswer
  /** A domain is a new object whenever one of its records changes; certificates change on their own. */
  private answers = new WeakMap<CustomDomain, Promise<TlsAnswer>>()
  private readonly stopWatching: () => void

  /** Throws when the fallback's texts are no certificate and its key. */
  constructor(parts: TlsContextsParts) {
    this.parts = parts
    this.fallback = { context: contextOf(parts.fallback, tlsProfile()), asksForCertificate: false }
    this.stopWatching = parts.store.watch((changes) => {
      if (changes.some(({ kind }) => kind === 'Certificate')) this.answers = new WeakMap()
    })
  }

  /** The answer for a server name in lower case; undefined for a client that named none. */
  async answer(serverName: string | undefined): Promise<TlsAnswer> {
    const domain = serverName === undefined ? undefined : await this.parts.domains.find(serverName)
    if (domain === undefined) return this.fallback
    let answer = this.answers.get(domain)
    if (answer === undefined) {
      answer = this.answerOf(domain)
      this.answers.set(domain, answer)
    }
    return answer
  }

  /** The certificate for every name; undefined where it depends on the name, or there is none. */
  sole(): SecureContext | undefined {
    return this.parts.domains.isEmpty ? this.fallback.context : undefined
  }

  close(): void {
    this.stopWatching()
  }

  private async answerOf(domain: CustomDomain): Promise<TlsAnswer> {
    const { securityPolicy, mutualTlsAuthentication } = domain.record
    const own = await this.keyPairOf(domain)
    const asksForCertificate = mutualTlsAuthentication !== undefined
    // No session tickets: a resumed session has the client's certificate without its chain, which is needed to verify it.
    const secureOptions = asksForCertificate ? constants.SSL_OP_NO_TICKET : 0
    const context = contextOf(own ?? this.parts.fallback, { ...tlsProfile(securityPolicy), secureOptions })
    return { context, asksForCertificate }
  }

  private async keyPairOf({ scope, record }: CustomDomain): Promise<KeyPair | undefined> {
    const arn = record.regionalCertificateArn ?? record.certificateArn ?? ''
    const [, region, account, id] = /^arn:[^:]*:acm:([^:]*):([^:]*):certificate\/(.+)$/.exec(arn) ?? []
    if (region === undefined || id === undefined || account !== scope.account) return undefined
    const found = await this.parts.store.read({ account, region }).get('Certificate', [id])
    if (found === undefined) return undefined
    const { certificatePem, chainPem = '', privateKeyPem } = found
    return { certificatePem: `${certificatePem.trimEnd()}\n${chainPem}`, privateKeyPem }
  }
}

function contextOf(keyPair: KeyPair | undefined, settings: SecureContextOptions): SecureContext | undefined {
  if (keyPair === undefined) return undefined
  const { certificatePem: cert, privateKeyPem: key } = keyPair
  return createSecureContext({ cert, key, honorCipherOrder: true, ...settings })
}
