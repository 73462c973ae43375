// The URI of an AWS service integration: which service, where, and by path or by action. REST 3.2.
import type { MappedParameters } from '../../nouns/outgoing.ts'
import { joinQuery } from './http-proxy.ts'
import { compileUri, fillStageVariables } from './uri.ts'

/** A service as the port and its signature name it. */
export interface AwsTarget {
  readonly service: string
  /** The endpoint's labels before the region where they are not the service's name alone. */
  readonly endpointPrefix: string | undefined
  readonly region: string
  /** Headers that go with an action, names in lower case; mapped ones replace them. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Path and query for one request; undefined when the value of a placeholder makes them invalid. */
  readonly target: (mapped: MappedParameters) => string | undefined
}

const serviceArn = /^arn:[^:]+:apigateway:([a-z0-9-]+):((?:[A-Za-z0-9_-]+\.)*)([a-z0-9-]+):(path|action)\/(.+)$/s

/** Services whose actions are named in a header. Recorded: REST 33. */
const jsonServices: Readonly<Record<string, { readonly prefix: string; readonly version: string }>> = {
  dynamodb: { prefix: 'DynamoDB_20120810', version: '1.0' },
  kinesis: { prefix: 'Kinesis_20131202', version: '1.1' },
  states: { prefix: 'AWSStepFunctions', version: '1.0' },
}

/** Endpoint → the service's name in signatures, where they differ. */
const signingNames: Readonly<Record<string, string>> = { 'appsync-api': 'appsync' }

/** Undefined when the URI names no service and path or action. */
export function compileAwsUri(
  uri: string,
  variables: Readonly<Record<string, string>> | undefined,
): AwsTarget | undefined {
  const [, region, subdomain = '', label = '', kind, rest = ''] =
    serviceArn.exec(fillStageVariables(uri, variables)) ?? []
  if (region === undefined) return undefined
  const json = kind === 'action' && Object.hasOwn(jsonServices, label) ? jsonServices[label] : undefined
  const service = Object.hasOwn(signingNames, label) ? (signingNames[label] ?? label) : label
  return {
    service,
    endpointPrefix: `${subdomain}${label}` === service ? undefined : `${subdomain}${label}`,
    region,
    headers:
      json === undefined
        ? []
        : [
            ['content-type', `application/x-amz-json-${json.version}`],
            ['x-amz-target', `${json.prefix}.${rest}`],
          ],
    target: compileTarget(
      kind === 'path' ? `/${rest.replace(/^\/+/, '')}` : json === undefined ? `/?Action=${rest}` : '/',
    ),
  }
}

/** Placeholders are those of HTTP integrations, so a URI of no host in particular serves. */
function compileTarget(pathAndQuery: string): AwsTarget['target'] {
  const compiled = compileUri(`https://service.invalid${pathAndQuery}`, undefined)
  return (mapped) => {
    const resolved = compiled.resolve(mapped.path)
    return resolved === undefined ? undefined : joinQuery(resolved, '', mapped)
  }
}
