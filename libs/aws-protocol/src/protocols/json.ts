// The server's side of AWS JSON 1.0 and 1.1: the operation is in `X-Amz-Target`, everything else in the body.
import type { ServiceFault } from '../fault.ts'
import { faultParts } from '../fault-members.ts'
import type { Dialect, Match, Operation, Service } from '../service.ts'
import { readMembers, writeMembers } from '../value.ts'
import { noBytes } from '../wire.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { jsonForm, parseJson } from './json-body.ts'

/** `X-Amz-Target: Logs_20140328.CreateLogGroup` */
export function operationOf(service: Service, target: string | undefined): Operation | undefined {
  const prefix = `${service.conventions.targetPrefix}.`
  return target?.startsWith(prefix) ? service.operations.get(target.slice(prefix.length)) : undefined
}

export function readInput({ operation, service }: Match, request: WireRequest): Record<string, unknown> {
  const target: Record<string, unknown> = {}
  const { depth } = service.conventions.budget
  readMembers(operation.input.members, parseJson(request.body), { form: jsonForm, depth, target })
  return target
}

function headersOf(service: Service, requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'Content-Type': `application/x-amz-json-${service.conventions.jsonVersion}` }
}

/** AWS: an operation without output answers an empty body. */
export function writeOutput({ operation, service }: Match, output: object, requestId: string): WireAnswer {
  const headers = headersOf(service, requestId)
  if (operation.output === undefined) return { status: 200, headers, body: noBytes }
  return { status: 200, headers, body: JSON.stringify(writeMembers(operation.output.members, output, jsonForm)) }
}

/** AWS: `{"__type":"Code","message":"…"}`. */
export function writeFault({ service }: Dialect, fault: ServiceFault, requestId: string): WireAnswer {
  const { body, values, messageName } = faultParts(service, fault)
  const members = {
    __type: typeName(service, fault),
    [messageName]: fault.message,
    ...writeMembers(body, values, jsonForm),
  }
  return { status: fault.status, headers: headersOf(service, requestId), body: JSON.stringify(members) }
}

/** Some services write a fault's namespace before `#`; clients cut it off. */
export function typeName(service: Service, fault: ServiceFault): string {
  const namespaces = service.conventions.overlay.faultNamespaces
  const namespace = namespaces?.[fault.shape] ?? namespaces?.['*']
  return namespace === undefined ? fault.shape : `${namespace}#${fault.shape}`
}
