// `x-amazon-apigateway-request-validators` of the document and the choice of one on document or operation.
import { booleanOf, entriesOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import type { RequestValidator } from '../rest-description.ts'

/** One validator per entry; what is not said is false. */
export function readRequestValidators({ root }: Reading): RequestValidator[] {
  const validators = entriesOf(member(root, 'x-amazon-apigateway-request-validators'))
  return [...validators].map(([name, node]) => ({
    name,
    validateRequestBody: booleanOf(member(node, 'validateRequestBody')) ?? false,
    validateRequestParameters: booleanOf(member(node, 'validateRequestParameters')) ?? false,
  }))
}

/** The validator named on a document or an operation, if the document defines it; another name is warned of. */
export function chosenValidator(
  node: Node,
  validators: readonly RequestValidator[],
  reading: Reading,
): string | undefined {
  const choice = member(node, 'x-amazon-apigateway-request-validator')
  const name = textOf(choice)
  if (choice === undefined || name === undefined) return undefined
  if (validators.some((validator) => validator.name === name)) return name
  reading.warn(`Reference to request validator '${name}' not found. Ignoring.`, choice)
  return undefined
}
