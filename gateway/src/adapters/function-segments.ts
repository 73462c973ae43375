// The segments of a traced invocation: the service's, and the function's own, which is the parent of what the function sends itself.
import type { InvokeResult } from '@sluice/lambda-runtime'
import { randomText } from '../nouns/entropy.ts'
import { parseFunctionArn } from '../nouns/function-arn.ts'
import { formatTraceHeader, parseTraceHeader } from '../nouns/trace-header.ts'
import type { Clock } from '../ports/clock.ts'
import type { FunctionCall } from '../ports/functions.ts'
import type { SegmentDocument, Segments } from '../ports/traces.ts'

export interface FunctionTrace {
  /** The call as the function sees it. */
  readonly call: FunctionCall
  /** The same result; when it is there, or fails to come, the segments are put. */
  readonly ended: <Result extends Pick<InvokeResult, 'functionError'>>(running: Promise<Result>) => Promise<Result>
}

/**
 * Undefined when the caller did not sample the call. AWS: a function whose tracing mode is PassThrough is recorded when its
 * caller was — Lambda developer guide, "Visualize Lambda function invocations using AWS X-Ray".
 */
export function beginFunctionTrace(
  call: FunctionCall,
  requestId: string,
  { clock, segments }: { readonly clock: Clock; readonly segments?: Segments },
): FunctionTrace | undefined {
  if (segments === undefined || !/sampled=1/i.test(call.traceId ?? '')) return undefined
  const header = parseTraceHeader(call.traceId)
  const { root } = header
  const arn = parseFunctionArn(call.functionArn)
  if (header.sampled !== true || root === undefined || arn === undefined) return undefined
  const [serviceId, functionId] = [randomText(8, 'hex'), randomText(8, 'hex')]
  const startSeconds = clock.now() / 1000
  const put = (failure: Pick<SegmentDocument, 'error' | 'fault'>): void => {
    const shown = {
      name: arn.name,
      trace_id: root,
      start_time: startSeconds,
      end_time: clock.now() / 1000,
      resource_arn: call.functionArn,
      aws: { request_id: requestId, function_arn: call.functionArn, resource_names: [arn.name] },
      ...failure,
    }
    segments.put(arn.scope, { ...shown, id: serviceId, parent_id: header.parent, origin: 'AWS::Lambda' })
    segments.put(arn.scope, { ...shown, id: functionId, parent_id: serviceId, origin: 'AWS::Lambda::Function' })
  }
  return {
    call: { ...call, traceId: formatTraceHeader({ ...header, root, parent: functionId }) },
    ended: async (running) => {
      try {
        const result = await running
        put(result.functionError === undefined ? {} : { fault: true })
        return result
      } catch (error) {
        put({ fault: true })
        throw error
      }
    },
  }
}
