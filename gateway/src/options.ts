// Every option of the command line, and the help text that is made of them.
import { adjustableLimits } from './nouns/limits.ts'
import { logLevels } from './log.ts'

interface Option {
  /** What `--help` calls the value. */
  readonly value: string
  readonly default: string | undefined
  readonly about: string
}

/** Every option: `--name`, `SLUICE_NAME` and `name` in the config file. */
export const options = {
  port: { value: 'PORT', default: '4566', about: 'port to listen on; 0 picks a free one' },
  host: { value: 'HOST', default: '127.0.0.1', about: 'address to listen on' },
  'admin-port': {
    value: 'PORT',
    default: undefined,
    about: 'AWS calls and /_sluice on this port of 127.0.0.1; --port then serves APIs alone',
  },
  'tls-port': {
    value: 'PORT',
    default: undefined,
    about:
      'what --port serves, over TLS on this port, with the certificates of custom domain names (ACM) and --tls-cert',
  },
  'tls-cert': {
    value: 'FILE',
    default: undefined,
    about: 'certificate and chain (PEM) for all other host names; needs --tls-key and --tls-port',
  },
  'tls-key': { value: 'FILE', default: undefined, about: 'the private key (PEM) of --tls-cert' },
  'public-url': {
    value: 'URL',
    default: undefined,
    about: 'how clients reach --port through what stands in front: addresses that are handed out follow it',
  },
  buckets: {
    value: 'DIR',
    default: undefined,
    about: 'folder of folders that stand for S3 buckets: truststores are read from there',
  },
  data: {
    value: 'DIR',
    default: undefined,
    about: 'folder that keeps everything; dev without it keeps state in memory',
  },
  domain: {
    value: 'NAME',
    default: undefined,
    about: 'suffix of the host names that are handed out (localhost, or the host of --public-url)',
  },
  region: { value: 'REGION', default: 'us-east-1', about: 'region of unsigned calls' },
  account: { value: 'ID', default: '000000000000', about: 'account of calls whose key names none (12 digits)' },
  stage: { value: 'NAME', default: 'dev', about: 'stage that REST APIs from OpenAPI documents are deployed to' },
  parameters: {
    value: 'NAME=VALUE,…',
    default: undefined,
    about: 'parameters of templates; a comma within a value is written \\,',
  },
  'lambda-endpoint': {
    value: 'URL',
    default: undefined,
    about: 'where functions that are not here are invoked, signed with AWS_ACCESS_KEY_ID',
  },
  'lambda-permissions': {
    value: 'on|off',
    default: undefined,
    about: 'whether invoking needs AddPermission; default: on in serve, off in dev',
  },
  'issuer-check': {
    value: 'on|off',
    default: undefined,
    about: 'whether making a JWT authorizer asks its issuer; default: on in serve, off in dev',
  },
  'cognito-issuer': {
    value: 'POOL=URL,...',
    default: undefined,
    about: 'whose tokens count as a Cognito user pool’s, or as those of cognito-identity.amazonaws.com',
  },
  backends: {
    value: 'ARN=URL,...',
    default: undefined,
    about: 'where listeners, load balancers and Cloud Map services lead; an ARN may have several URLs',
  },
  'trusted-proxies': {
    value: 'CIDR,...',
    default: undefined,
    about: 'proxies whose X-Forwarded-For, -Proto, -Port and -Host are believed; default: none',
  },
  'vpc-endpoints': {
    value: 'VPCE@VPC=HOST:PORT,...',
    default: undefined,
    about: 'listeners that stand for VPC endpoints: private REST APIs are reached through them alone',
  },
  'access-log': {
    value: 'FILE|stdout',
    default: undefined,
    about: 'where a line of JSON is written for each request of every API; default: nowhere',
  },
  'max-integration-timeout': {
    value: 'MS',
    default: String(adjustableLimits.integrationTimeoutMs),
    about: 'longest time-out that an integration of a REST API may have',
  },
  'max-resources': {
    value: 'COUNT',
    default: String(adjustableLimits.resourcesPerApi),
    about: 'resources that a REST API may have; on AWS 300',
  },
  'max-stages': {
    value: 'COUNT',
    default: String(adjustableLimits.stagesPerApi),
    about: 'stages that an API may have; on AWS 10',
  },
  'max-routes': {
    value: 'COUNT',
    default: String(adjustableLimits.routesPerApi),
    about: 'routes that an HTTP or WebSocket API may have; on AWS 300',
  },
  'max-apis': {
    value: 'COUNT',
    default: undefined,
    about: 'APIs that an account may have in a region; on AWS 600; default: no limit',
  },
  'max-vpc-links': {
    value: 'COUNT',
    default: undefined,
    about: 'VPC links of HTTP APIs that an account may have in a region; on AWS 10; default: no limit',
  },
  'max-body-memory': {
    value: 'MB',
    default: '1024',
    about: 'what bodies of requests under way and answers not taken yet may take together; beyond it 503 is answered',
  },
  'account-rate': {
    value: 'COUNT',
    default: undefined,
    about: 'requests a second to all APIs of an account and region; on AWS 10000; default: no limit',
  },
  'account-burst': {
    value: 'COUNT',
    default: undefined,
    about: 'requests at once to all APIs of an account and region; on AWS 5000; default: no limit',
  },
  'account-connection-rate': {
    value: 'COUNT',
    default: undefined,
    about: 'new WebSocket connections a second to all APIs of an account and region; on AWS 500; default: no limit',
  },
  explain: {
    value: 'COUNT',
    default: undefined,
    about: 'requests that are kept for sluice explain and tail; default: 10000 in dev, 0 in serve',
  },
  'explain-header': {
    value: 'on|off',
    default: 'off',
    about: 'whether refusals tell their callers why, in x-sluice-explain: statements, buckets, claims',
  },
  'xray-port': {
    value: 'PORT',
    default: undefined,
    about: 'an X-Ray daemon for functions and programs here, on this port of 127.0.0.1 (2000 on AWS); default: none',
  },
  'trace-context': {
    value: 'on|off',
    default: undefined,
    about: 'whether a client’s traceparent is continued to HTTP backends; default: on when traces are exported',
  },
  config: { value: 'FILE', default: undefined, about: 'JSON file with any of these options by name' },
  'log-level': { value: 'LEVEL', default: 'info', about: `one of ${logLevels.join(', ')}` },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof options

/** `SLUICE_ADMIN_PORT` */
export function variableOf(name: OptionName): string {
  return `SLUICE_${name.toUpperCase().replaceAll('-', '_')}`
}

/** What only files to deploy need: `serve` takes none. */
export const optionsOfFiles: readonly OptionName[] = ['stage', 'parameters']

/** One line an option, for `--help`. */
export function optionLines(without: readonly string[] = []): string {
  return [
    ...Object.entries(options)
      .filter(([name]) => !without.includes(name))
      .map(
        ([name, { value, about, default: fallback }]) =>
          `  --${`${name} ${value}`.padEnd(26)} ${about}${fallback === undefined ? '' : ` (${fallback})`}`,
      ),
    `  --${'help'.padEnd(26)} this text`,
    `  --${'version'.padEnd(26)} the version`,
  ].join('\n')
}

export const usage = `sluice: an Amazon API Gateway of your own

  sluice dev [FILE...]         local use: any AWS credentials, state in memory unless --data;
                               each FILE, an OpenAPI document or a CloudFormation or SAM template,
                               is deployed now and whenever it changes
  sluice serve --data DIR      production: state on disk, every AWS call signed by a known key
                               (the root key is made at first start, in DIR/root-credentials.json)
  sluice explain REQUEST_ID    why the gateway at --endpoint (or --port) gave a request its answer
  sluice tail                  its requests, as they are answered
  sluice help COMMAND          one command's options and examples

Options (also as SLUICE_NAME in the environment, or by name in the JSON file --config):
${optionLines()}

Environment, beside SLUICE_NAME:
  AWS_XRAY_DAEMON_ADDRESS      where segments of traces are sent beside: 127.0.0.1:2000
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces and metrics are exported, as OTLP over HTTP in JSON; with its companions
                               (docs/guides/observability.md lists them)

Examples:
  sluice dev openapi.yaml
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 aws apigateway get-rest-apis
  sluice serve --data /var/lib/sluice --port 80 --admin-port 4566 --domain api.example.com
`
