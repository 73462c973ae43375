// OIDC providers that an account trusts, by the URL of their issuer. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html

export interface OpenIdProviderRecord {
  readonly arn: string
  /** As it was given, with its scheme: what tokens name as `iss`. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  /** Epoch seconds. */
  readonly createDate: number
  readonly tags: Readonly<Record<string, string>>
}

/** An issuer's URL without its scheme: `idp.example.com/realms/pets`. Undefined for what is no issuer's URL. */
export function providerHost(url: string): string | undefined {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined
  if (parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') return undefined
  return url.slice(url.indexOf('://') + '://'.length).replace(/\/$/, '')
}

export function providerArn(account: string, host: string): string {
  return `arn:aws:iam::${account}:oidc-provider/${host}`
}
