// The context variables that a test of an authorizer may be given beside its request: `additionalContext` (API reference, TestInvokeAuthorizer).
import type { Received } from './exchange.ts'

/** What a request would have told of itself. */
type Told = Partial<Pick<Received, 'domainName' | 'extendedRequestId' | 'method' | 'protocol' | 'rawPath' | 'sourceIp'>>

const variables: Readonly<Record<string, (value: string) => Told>> = {
  domainName: (domainName) => ({ domainName }),
  extendedRequestId: (extendedRequestId) => ({ extendedRequestId }),
  httpMethod: (method) => ({ method }),
  'identity.sourceIp': (sourceIp) => ({ sourceIp }),
  path: (rawPath) => ({ rawPath }),
  protocol: (protocol) => ({ protocol }),
}

/** What `context.NAME` (also `$context.NAME` and plain `NAME`) tells of a request; undefined for what no test is given. */
export function toldByTest(name: string, value: string): Told | undefined {
  const plain = name.replace(/^\$?context\./, '')
  return Object.hasOwn(variables, plain) ? variables[plain]?.(value) : undefined
}
