// The ARNs that SAM writes into generated resources.
import type { Node, Plain } from '../node.ts'
import { call, plant } from '../node.ts'

type At = { readonly offset: number }

/** The path by which an integration or an authorizer invokes a function. */
export function invocationUri(at: At, functionArn: Plain): Node {
  return call(at, 'Fn::Sub', [
    'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations',
    { FunctionArn: functionArn },
  ])
}

/** The ARN `arn:aws:execute-api:region:account:api` with `rest` behind it; path parameters are `*`. */
export function executeApiArn(at: At, apiId: string, rest: string): Node {
  return call(at, 'Fn::Sub', [
    `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${ApiId}/${rest}`,
    { ApiId: call(at, 'Ref', apiId) },
  ])
}

/** SAM: the stage is always `*`, a path loses its trailing slash, and parameters match anything. */
export function methodArn(at: At, apiId: string, { path, method }: { path: string | undefined; method: string }): Node {
  if (path === undefined) return executeApiArn(at, apiId, '*/$default')
  const plain = path.replace(/\{[^}]*\}/g, '*').replace(/(.)\/$/, '$1')
  return executeApiArn(at, apiId, `*/${method === 'any' ? '*' : method.toUpperCase()}${plain}`)
}

/** A permission for API Gateway to invoke a function. */
export function invokePermission(at: At, functionName: Plain, sourceArn: Node): Readonly<Record<string, Node>> {
  return {
    Action: plant(at, 'lambda:InvokeFunction'),
    FunctionName: plant(at, functionName),
    Principal: plant(at, 'apigateway.amazonaws.com'),
    SourceArn: sourceArn,
  }
}
