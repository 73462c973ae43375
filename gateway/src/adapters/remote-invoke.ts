// Invoke at another endpoint's Lambda API, written out: requests wait for it, and the general client takes several µs more.
import type { Credentials } from '@sluice/aws-protocol'
import { sign } from '@sluice/sigv4'
import { byHeaderName } from '../nouns/header-names.ts'
import { parseFunctionArn } from '../nouns/function-arn.ts'
import type { Clock } from '../ports/clock.ts'
import type { FunctionAnswer, FunctionCall } from '../ports/functions.ts'
import { UpstreamFault, type Backend, type Upstream, type UpstreamAnswer } from '../ports/upstream.ts'
import { timeoutOf } from './function-deadline.ts'
import { remoteRefusal, unavailable } from './function-faults.ts'

export interface RemoteInvokeParts {
  readonly endpoint: string
  readonly upstream: Upstream
  readonly clock: Clock
}

/** Lambda's longest time-out is 15 minutes: an answer that takes longer will not come. */
export const longestWaitMs = 910_000

/** Function ARNs may be made of stage variables; more of them than this are worked out each time. */
const mostTargets = 10_000

interface Target {
  readonly path: string
  readonly region: string
}

type Answered = 'function-error' | 'version' | 'log' | 'request-id' | 'error-type'

const answeredIn = byHeaderName((_, lower): Answered | undefined => answeredNames.get(lower))
const answeredNames: ReadonlyMap<string, Answered> = new Map([
  ['x-amz-function-error', 'function-error'],
  ['x-amz-executed-version', 'version'],
  ['x-amz-log-result', 'log'],
  ['x-amzn-requestid', 'request-id'],
  ['x-amzn-errortype', 'error-type'],
])

/** Lambda API reference, Invoke. Unsigned where there are no credentials. Rejects with FunctionFault. */
export function createRemoteInvoke({
  endpoint,
  upstream,
  clock,
}: RemoteInvokeParts): (call: FunctionCall, credentials: Credentials | undefined) => Promise<FunctionAnswer> {
  const { origin, host, pathname } = new URL(endpoint)
  const basePath = pathname.replace(/\/$/, '')
  const backend: Backend = upstream.to(origin)
  const targets = new Map<string, Target>()

  const targetOf = (functionArn: string): Target => {
    const known = targets.get(functionArn)
    if (known !== undefined) return known
    const target = {
      path: `${basePath}/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      region: parseFunctionArn(functionArn)?.scope.region ?? 'us-east-1',
    }
    if (targets.size < mostTargets) targets.set(functionArn, target)
    return target
  }

  return (call, credentials) => {
    const { path, region } = targetOf(call.functionArn)
    const body = typeof call.payload === 'string' ? Buffer.from(call.payload) : call.payload
    const headers = ['host', host, 'content-type', 'application/octet-stream', 'x-amz-invocation-type', call.type]
    if (call.logTail === true) headers.push('x-amz-log-type', 'Tail')
    if (call.clientContext !== undefined) {
      headers.push('x-amz-client-context', Buffer.from(call.clientContext).toString('base64'))
    }
    if (credentials !== undefined) {
      const request = { method: 'POST', path, query: '', rawHeaders: headers, body }
      headers.push(...sign(request, credentials, { region, service: 'lambda', date: clock.now() }))
    }
    if (call.traceId !== undefined) headers.push('x-amzn-trace-id', call.traceId)
    const timeoutMs = Math.min(call.timeoutMs ?? longestWaitMs, longestWaitMs)
    return backend
      .request({ method: 'POST', target: path, headers, body, timeoutMs })
      .then(answerOf, (error: unknown) => {
        throw error instanceof UpstreamFault && error.reason === 'timeout' && call.timeoutMs !== undefined
          ? timeoutOf(call.functionArn, call.timeoutMs)
          : unavailable(error)
      })
  }
}

function answerOf({ status, headers, body }: UpstreamAnswer): FunctionAnswer {
  const found: Partial<Record<Answered, string>> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const what = answeredIn(headers[index] ?? '')
    if (what !== undefined) found[what] = headers[index + 1] ?? ''
  }
  const [first, second] = body
  const payload = first !== undefined && second === undefined ? first : Buffer.concat(body)
  if (status >= 300) throw remoteRefusal({ status, errorType: found['error-type'], payload })
  return {
    status,
    payload,
    functionError: found['function-error'],
    executedVersion: found.version ?? '$LATEST',
    requestId: found['request-id'] ?? '',
    logTail: found.log === undefined ? '' : Buffer.from(found.log, 'base64').toString(),
  }
}
