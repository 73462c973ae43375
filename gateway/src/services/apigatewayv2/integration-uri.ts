// Reads the forms in which v2 names a Lambda function, with stage variables in any part; and the refusal of unreadable mappings.
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'

const stageVariable = /(:?)\$\{stageVariables\.\w+\}/g
const wholeVariable = /^\$\{stageVariables\.\w+\}$/
const functionArn = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/
const invocationArn = /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/\/?2015-03-31\/functions\/(.+)\/invocations$/

/** The URI with a sample value for each stage variable: a number after a colon (a port), a word elsewhere. */
function filled(uri: string): string {
  return uri.replace(stageVariable, (_variable, colon: string) => (colon === ':' ? ':80' : 'x'))
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`, or a stage variable that holds all of it. */
export function isFunctionArn(uri: string): boolean {
  return functionArn.test(filled(uri)) || wholeVariable.test(uri)
}

/** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`. */
export function isInvocationArn(uri: string): boolean {
  const name = invocationArn.exec(uri)?.[1]
  return name !== undefined && isFunctionArn(name)
}

/** The refusal of an unreadable mapping, in the words recorded for REST APIs. */
export function invalidMapping(expression: string): BadRequestException {
  return mappingRefused(`Invalid mapping expression specified: ${expression}`)
}

/** A mapping with an error, in the frame that AWS puts around each. */
export function mappingRefused(error: string): BadRequestException {
  const result = `Validation Result: warnings : [], errors : [${error}]`
  return new BadRequestException(`Invalid mapping expression specified: ${result}`)
}
