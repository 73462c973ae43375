// Settings that are accepted and stored but have no effect yet: the compatibility page's second table. A row goes when its feature comes.

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
    setting: 'Roles of integrations and authorizers that this gateway’s IAM does not have, in `sluice dev`',
    today: 'pass; services of AWS are called with the credentials of the process, functions by their resource policy',
  },
  {
    setting: 'Roles of identity pools that this gateway’s IAM does not have, in `sluice dev`',
    today: 'pass; their sessions may do what the account’s root may, guests no more than AWS lets guests do',
  },
  {
    setting:
      'Logins of Facebook, Google, Amazon, Apple, Twitter and Digits (`SupportedLoginProviders`) and of SAML providers in identity pools',
    today:
      'kept; their tokens cannot be verified here and are refused as AWS refuses forged ones. Google and Apple can be OIDC providers of IAM instead',
  },
  {
    setting: '`ServerSideTokenCheck` of identity pools',
    today: 'kept; a token is good until it expires, whoever has signed out meanwhile',
  },
  {
    setting: 'The caller’s own credentials (`arn:aws:iam::*:user/*`), or none, for services of AWS',
    today: 'kept; they are called with the credentials of the process. On AWS an integration with them needs a role',
  },
  {
    setting: 'The caller’s own credentials in WebSocket APIs',
    today: 'kept; functions are invoked by their resource policy',
  },
  {
    setting:
      'Access logs to Firehose, where neither `AWS_ENDPOINT_URL_FIREHOSE` nor credentials of the process are set',
    today: 'kept; every line is dropped, counted and warned of',
  },
  {
    setting: 'Sizes of stage caches above 0.5 GB; `cacheDataEncrypted`',
    today: 'kept; a cache takes 0.5 GB, in memory',
  },
  {
    setting: 'Private REST APIs and private custom domain names',
    today: '`--vpc-endpoints` names their listeners, which speak plain HTTP; endpoint policies are not asked',
  },
  {
    setting: 'Classes and keys of log groups (`logGroupClass`, `kmsKeyId`)',
    today: 'kept; lines are neither priced nor encrypted',
  },
  {
    setting: '`distribution` of subscription filters; the columns that a pattern `[a, b]` names',
    today:
      'kept; functions get lines by stream, without `extractedFields`. Kinesis, Firehose and other destinations are refused',
  },
  {
    setting: 'Security policies of REST APIs; `ownershipVerificationCertificateArn` of domain names',
    today: 'kept; default endpoints speak TLS 1.2 and 1.3, and nobody’s ownership is verified',
  },
  {
    setting:
      '`Sampling`, `SamplingStrategy` and `TimeRangeType` of X-Ray’s summaries; `SamplingRateBoost` of sampling rules',
    today: 'accepted; every trace that ran in the time asked for is looked at, and no rate is ever raised',
  },
  {
    setting: '`managementPolicy` of private custom domain names',
    today: 'kept; VPC endpoints are associated with names of their own account alone',
  },
  {
    setting: 'ARNs of listeners and Cloud Map services in HTTP APIs’ integrations over VPC links',
    today:
      'lead to the URLs that `--backends ARN=URL,…` names, in turn; without one they answer 503, and deploying them is told in the log. A URL may stand in their place',
  },
  {
    setting: 'When access keys and roles were last used (`GetAccessKeyLastUsed`, `RoleLastUsed`)',
    today: 'not kept; answered as for one that nobody used',
  },
  {
    setting: 'Thumbprints of OIDC providers',
    today: 'kept; certificates of issuers are verified by the authorities that the process trusts',
  },
]
