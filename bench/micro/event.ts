// Building Lambda events: payload format 1.0 of REST APIs, 2.0 and 1.0 of HTTP APIs, for a request with 11 headers.
import type { Bench } from 'tinybench'
import type { HttpRoute } from '../../gateway/src/nouns/http.ts'
import type { RestMethod } from '../../gateway/src/nouns/rest.ts'
import { compileHttpEvent1 } from '../../gateway/src/steps/integrate/events/http-1.ts'
import { compileHttpEvent2 } from '../../gateway/src/steps/integrate/events/http-2.ts'
import { compileRestEvent } from '../../gateway/src/steps/integrate/events/rest.ts'

const headers = Array.from({ length: 11 }, (_, index) => [`X-Header-${index}`, `value number ${index}`]).flat()

/** A request as the data plane makes it. */
export const received = {
  requestId: '6f1e6f86-6fb6-4b1c-9a2e-000000000000',
  extendedRequestId: 'KtF82HGdliAFjxw=',
  receivedAtMs: 1_700_000_000_000,
  method: 'GET',
  rawPath: '/dev/pets/42',
  resourcePathStart: 4,
  rawQuery: 'type=dog&page=2',
  headers: [...headers, 'Host', 'abc.execute-api.localhost', 'User-Agent', 'bench'],
  body: new Uint8Array(0),
  sourceIp: '127.0.0.1',
  protocol: 'HTTP/1.1',
  scheme: 'http' as const,
  port: 4566,
  domainName: 'abc.execute-api.localhost',
  listener: undefined,
  pathParameters: { petId: '42' },
  caller: undefined,
}

const stage = {
  account: '000000000000',
  region: 'us-east-1',
  apiId: 'abc',
  stageName: 'dev',
  deploymentId: 'd1',
  variables: undefined,
}

/** A method as its plan sees it. */
export const method: RestMethod = {
  stage: {
    ...stage,
    isBinary: () => false,
    canary: undefined,
    clientCertificate: undefined,
    isEdge: false,
    isTest: false,
  },
  resourceId: 'r1',
  resourcePath: '/pets/{petId}',
  httpMethod: 'GET',
  operationName: undefined,
  apiKeyRequired: false,
  total: -1,
}

/** A route as its plan sees it. */
export const route: HttpRoute = {
  stage,
  routeId: 'r1',
  routeKey: 'GET /pets/{petId}',
  path: '/pets/{petId}',
  total: -1,
}

export function addEvents(bench: Bench): void {
  const restEvent = compileRestEvent(method.stage)
  const event2 = compileHttpEvent2(route)
  const event1 = compileHttpEvent1(route)
  bench.add('event: REST, format 1.0', () => {
    restEvent({ ...received, target: method }, 'Root=1-0-0')
  })
  bench.add('event: HTTP, format 2.0', () => {
    event2({ ...received, target: route }, 'Root=1-0-0')
  })
  bench.add('event: HTTP, format 1.0', () => {
    event1({ ...received, target: route }, 'Root=1-0-0')
  })
}
