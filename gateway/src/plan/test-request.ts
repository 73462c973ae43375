// The request that a test call makes up: what no client sent has the values that AWS gives it. Recorded: REST 19; REST 15.1.
import { randomText } from '../nouns/entropy.ts'
import type { Received } from '../nouns/exchange.ts'
import type { TestRequest } from '../ports/test-calls.ts'
import type { TestLog } from './test-log.ts'

/** `path`: the one to take when the test names none. */
export function testReceived(
  { pathWithQueryString, headers, body }: TestRequest,
  log: TestLog,
  { method, path }: { readonly method: string; readonly path: string },
): Received {
  const target = pathWithQueryString ?? path
  const question = target.indexOf('?')
  const rawPath = question < 0 ? target : target.slice(0, question)
  return {
    requestId: log.requestId,
    extendedRequestId: randomText(11, 'base64'),
    receivedAtMs: log.startedMs,
    method,
    rawPath: rawPath.startsWith('/') ? rawPath : `/${rawPath}`,
    resourcePathStart: 0,
    rawQuery: question < 0 ? '' : target.slice(question + 1),
    headers,
    body: Buffer.from(body),
    sourceIp: 'test-invoke-source-ip',
    protocol: 'HTTP/1.1',
    scheme: 'https',
    port: 443,
    domainName: 'testPrefix.testDomainName',
    listener: log,
    work: undefined,
  }
}
