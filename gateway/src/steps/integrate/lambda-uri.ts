// Lambda's ARN inside an integration's URI.

const invocation =
  /^arn:[^:]+:apigateway:[^:]*:lambda:path\/+[^/]+\/functions\/(.+)\/(?:response-streaming-)?invocations$/
const plainArn = /^arn:[^:]+:lambda:[^:]*:\d*:function:[^:/]+(?::[^:/]+)?$/

/**
 * The function ARN, qualifier included, of `arn:…:apigateway:R:lambda:path/2015-03-31/functions/FNARN/invocations` (REST,
 * HTTP, WebSocket) or of a bare function ARN (HTTP). Undefined when the URI names no function.
 */
export function lambdaFunctionArn(uri: string): string | undefined {
  const arn = invocation.exec(uri)?.[1] ?? uri
  return plainArn.test(arn) ? arn : undefined
}
