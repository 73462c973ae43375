// The server's side of the AWS query protocol: a form or query string in, XML out.
import type { ServiceFault } from '../fault.ts'
import { faultParts } from '../fault-members.ts'
import { parseParameters } from '../route.ts'
import type { Parameter } from '../route.ts'
import { payloadText } from '../scalar-text.ts'
import type { Dialect, Match, Operation, Service } from '../service.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { readForm } from './form.ts'
import { escapeXml } from './xml.ts'
import { element, writeXmlMembers } from './xml-value.ts'

/** The form of a POST or the query string of a GET; throws `Unreadable` over budget. */
export function parametersOf(request: WireRequest, budget: number): readonly Parameter[] {
  return parseParameters(request.body.length > 0 ? payloadText(request.body) : request.query, budget)
}

/** `Action=CreateUser` */
export function operationOf(service: Service, parameters: readonly Parameter[]): Operation | undefined {
  const action = parameters.find(([name]) => name === 'Action')
  return action && service.operations.get(action[1])
}

export function readInput({ operation, service, parameters }: Match, _request: WireRequest): Record<string, unknown> {
  return readForm(operation.input, parameters, service.conventions.budget.depth)
}

/** `<CreateUserResponse xmlns="…"><CreateUserResult>…</CreateUserResult><ResponseMetadata>…` */
export function writeOutput({ operation, service }: Match, output: object, requestId: string): WireAnswer {
  const members = operation.output === undefined ? '' : writeXmlMembers(operation.output.members, output)
  const result = operation.resultWrapper === undefined ? members : element(operation.resultWrapper, members)
  const metadata = element('ResponseMetadata', element('RequestId', escapeXml(requestId)))
  return answer(200, documentOf(service, `${operation.name}Response`, result + metadata), requestId)
}

/** `<ErrorResponse xmlns="…"><Error><Type>Sender</Type><Code>…</Code><Message>…</Message></Error><RequestId>…` */
export function writeFault({ service }: Dialect, fault: ServiceFault, requestId: string): WireAnswer {
  const { body, values } = faultParts(service, fault)
  const error =
    element('Type', fault.senderFault ? 'Sender' : 'Receiver') +
    element('Code', escapeXml(fault.code)) +
    element('Message', escapeXml(fault.message)) +
    writeXmlMembers(body, values)
  const content = element('Error', error) + element('RequestId', escapeXml(requestId))
  return answer(fault.status, documentOf(service, 'ErrorResponse', content), requestId)
}

function documentOf(service: Service, name: string, content: string): string {
  return `<${name} xmlns="${escapeXml(service.conventions.xmlNamespace)}">${content}</${name}>\n`
}

function answer(status: number, body: string, requestId: string): WireAnswer {
  return { status, headers: { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' }, body }
}
