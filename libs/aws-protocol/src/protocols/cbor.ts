// The server's side of Smithy RPC v2 with CBOR: the operation is in the path, everything else in the body.
import type { ServiceFault } from '../fault.ts'
import { faultParts } from '../fault-members.ts'
import type { Dialect, Match, Operation, Service } from '../service.ts'
import { checkTimestamp, roundToMilliseconds } from '../timestamp.ts'
import { readMembers, writeMembers } from '../value.ts'
import type { ScalarForm } from '../value.ts'
import { noBytes } from '../wire.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { decodeCbor, encodeCbor, EpochSeconds } from './cbor-codec.ts'
import { typeName } from './json.ts'

export const cborForm: ScalarForm = {
  readBlob: (value) => (value instanceof Uint8Array ? value : undefined),
  readTimestamp: (value) => {
    const seconds = value instanceof EpochSeconds ? value.seconds : value
    return typeof seconds === 'number' ? checkTimestamp(seconds, seconds) : undefined
  },
  writeBlob: (bytes) => bytes,
  writeTimestamp: (seconds) => new EpochSeconds(roundToMilliseconds(seconds)),
  writeNumber: (value) => value,
}

/** `…/service/GraniteServiceVersion20100801/operation/ListMetrics`; anything may stand before it. */
export function operationOf(service: Service, path: string): Operation | undefined {
  const found = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path)
  const [, serviceName = '', operationName = ''] = found ?? []
  return serviceName === service.conventions.targetPrefix ? service.operations.get(operationName) : undefined
}

/** An empty body is an empty structure. */
export function parseCbor(body: Uint8Array, depth: number): unknown {
  return body.length === 0 ? {} : decodeCbor(body, depth)
}

export function readInput({ operation, service }: Match, request: WireRequest): Record<string, unknown> {
  const target: Record<string, unknown> = {}
  const { depth } = service.conventions.budget
  readMembers(operation.input.members, parseCbor(request.body, depth), { form: cborForm, depth, target })
  return target
}

function headersOf(requestId: string): Record<string, string> {
  return {
    'x-amzn-RequestId': requestId,
    'smithy-protocol': 'rpc-v2-cbor',
    'Content-Type': 'application/cbor',
  }
}

export function writeOutput({ operation }: Match, output: object, requestId: string): WireAnswer {
  const headers = headersOf(requestId)
  if (operation.output === undefined) return { status: 200, headers, body: noBytes }
  return { status: 200, headers, body: encodeCbor(writeMembers(operation.output.members, output, cborForm)) }
}

export function writeFault({ service }: Dialect, fault: ServiceFault, requestId: string): WireAnswer {
  const { body, values, messageName } = faultParts(service, fault)
  const members = {
    __type: typeName(service, fault),
    [messageName]: fault.message,
    ...writeMembers(body, values, cborForm),
  }
  return { status: fault.status, headers: headersOf(requestId), body: encodeCbor(members) }
}
