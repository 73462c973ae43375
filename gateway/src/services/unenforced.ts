// What can be set and is kept, but does not act yet: the compatibility page's second table. A row goes when its feature comes.

export interface Unenforced {
  readonly setting: string
  readonly today: string
}

export const unenforced: readonly Unenforced[] = [
  {
    setting: 'Methods and routes with IAM authorization, in `sluice dev`',
    today: 'a key that nobody knows passes as the account’s root, its signature unchecked; known keys are verified',
  },
  {
    setting: 'Roles of HTTP API integrations and authorizers (`CredentialsArn`, `AuthorizerCredentialsArn`)',
    today: 'kept; functions are invoked as the gateway, services of AWS with the credentials of the process',
  },
  {
    setting: 'Execution logs of WebSocket APIs; access logs to Firehose',
    today: 'kept; nothing is written',
  },
  {
    setting: 'Roles of REST integrations and authorizers (`credentials`, `authorizerCredentials`)',
    today: 'kept; functions are invoked as the gateway, services of AWS with the credentials of the process',
  },
  {
    setting: 'Sizes of stage caches above 0.5 GB; `cacheDataEncrypted`',
    today: 'kept; a cache takes 0.5 GB, in memory',
  },
  { setting: 'Private REST APIs', today: 'served like any; no listener of a VPC tells a policy its `aws:SourceVpce`' },
  { setting: 'Classes, tags and keys of log groups', today: 'accepted; not kept' },
  {
    setting: 'Security policies of REST APIs; `ownershipVerificationCertificateArn` of domain names',
    today: 'kept; default endpoints speak TLS 1.2 and 1.3, and nobody’s ownership is verified',
  },
  { setting: 'Private custom domain names', today: 'kept; no listener of a VPC serves them' },
  {
    setting: 'ARNs of listeners and Cloud Map services in HTTP APIs’ integrations over VPC links',
    today: 'kept; they answer 503. An `http` or `https` URL in their place is where the link leads',
  },
]
