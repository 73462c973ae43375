// What can be set and is kept, but does not act yet: the compatibility page's second table. A row goes when its feature comes.

export interface Unenforced {
  readonly setting: string
  readonly today: string
}

export const unenforced: readonly Unenforced[] = [
  {
    setting: 'REST methods with `authorizationType` `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`',
    today: 'refuse every request (500 `AuthorizerConfigurationException`): nobody passes unchecked',
  },
  { setting: 'REST methods with `apiKeyRequired`', today: 'refuse every request (403 `Forbidden`)' },
  {
    setting: 'HTTP API routes with `AuthorizationType` `AWS_IAM`, in `sluice dev`',
    today: 'a key that nobody knows passes as the account’s root, its signature unchecked; known keys are verified',
  },
  {
    setting: 'Roles of HTTP API integrations and authorizers (`CredentialsArn`, `AuthorizerCredentialsArn`)',
    today: 'kept; functions are invoked as the gateway, services of AWS with the credentials of the process',
  },
  { setting: 'Resource policies of REST APIs', today: 'kept and exported; not evaluated' },
  { setting: 'Throttling of stages, methods, routes and usage plans; quotas', today: 'kept; nothing is throttled' },
  { setting: 'Stage caches', today: 'kept; every request reaches its integration' },
  { setting: 'Tracing of stages (X-Ray)', today: 'kept; no segment is recorded' },
  {
    setting: 'Access logs and execution logs of WebSocket APIs; access logs to Firehose',
    today: 'kept; nothing is written',
  },
  { setting: 'Classes, tags and keys of log groups', today: 'accepted; not kept' },
  { setting: 'Private custom domain names', today: 'kept; no listener of a VPC serves them' },
  { setting: 'VPC links of HTTP APIs', today: 'kept; integrations over them answer 500' },
  { setting: 'Policies of IAM users and roles', today: 'kept; in `serve` every known key may call every operation' },
]
