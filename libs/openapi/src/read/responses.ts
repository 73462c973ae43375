// The responses of an operation: method responses with their headers and models.
import { entriesOf, member } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present, recordOf } from '../record.ts'
import type { MethodResponse } from '../rest-description.ts'
import type { Models } from './models.ts'
import type { Operation } from './operation.ts'
import { titleOf } from './operation.ts'
import { contentSchemas, mediaTypesOf } from './parameters.ts'

const statusCodeForm = /^[1-5]\d\d$/

/** Method responses by status code; `undefined` when the operation names none. */
export function readMethodResponses(
  operation: Operation,
  context: { readonly reading: Reading; readonly models: Models },
): Record<string, MethodResponse> | undefined {
  const found = new Map<string, MethodResponse>()
  for (const [statusCode, node] of entriesOf(member(operation.node, 'responses'))) {
    if (statusCode.startsWith('x-')) continue
    if (!statusCodeForm.test(statusCode)) {
      // AWS keeps no response without a number; how it says so was not recorded (rest.md 14.2).
      context.reading.warn(
        `Unsupported response status code '${statusCode}' for method '${titleOf(operation)}'. Ignoring.`,
        node,
      )
      continue
    }
    const response = context.reading.resolve(node)
    if (response !== undefined) found.set(statusCode, readResponse(statusCode, response, operation, context))
  }
  return found.size === 0 ? undefined : recordOf(found)
}

function readResponse(
  statusCode: string,
  response: Node,
  operation: Operation,
  { reading, models }: { readonly reading: Reading; readonly models: Models },
): MethodResponse {
  const headers = [...entriesOf(member(response, 'headers')).keys()]
  const responseModels = new Map<string, string>()
  for (const [mediaType, schema] of responseSchemas(response, operation, reading)) {
    const sentence = `in ${statusCode} response to method '${titleOf(operation)}'`
    const name = models.nameFor(schema, { sentence })
    if (name !== undefined) responseModels.set(mediaType, name)
  }
  return present<MethodResponse>({
    statusCode,
    responseParameters:
      headers.length === 0
        ? undefined
        : recordOf(headers.map((name) => [`method.response.header.${name}`, false] as const)),
    responseModels: responseModels.size === 0 ? undefined : recordOf(responseModels),
  })
}

function responseSchemas(response: Node, operation: Operation, reading: Reading): [string, Node][] {
  if (reading.dialect.major === 3) return contentSchemas(response)
  const schema = member(response, 'schema')
  if (schema === undefined) return []
  return mediaTypesOf(operation.node, reading, 'produces').map((mediaType) => [mediaType, schema])
}
