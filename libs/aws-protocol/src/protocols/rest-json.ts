// The server's side of AWS REST-JSON: reads labels, query string, headers and a JSON or raw body; writes answers and faults.
import type { ServiceFault } from '../fault.ts'
import { faultParts } from '../fault-members.ts'
import type { Dialect, Match } from '../service.ts'
import { decodeLabel } from '../route.ts'
import type { Parameter } from '../route.ts'
import { payloadBytes, payloadText, readScalarText, writeScalarText } from '../scalar-text.ts'
import type { MapType, Member, StructureType } from '../type.ts'
import { newMap, readMembers, readValue, writeMembers, writeValue } from '../value.ts'
import { noBytes } from '../wire.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { writeEvents } from './event-stream.ts'
import { jsonForm, parseJson } from './json-body.ts'

export function readInput(match: Match, request: WireRequest): Record<string, unknown> {
  const { input } = match.operation
  const target: Record<string, unknown> = {}
  const { depth } = match.service.conventions.budget
  if (input.body.length > 0) readMembers(input.body, parseJson(request.body), { form: jsonForm, depth, target })
  for (const member of input.located) {
    const value = readLocated(member, match, request)
    if (value !== undefined) target[member.name] = value
  }
  const { payload } = input
  // A required blob may be empty, so a body without bytes counts as given.
  const isThere = request.body.length > 0 || (payload?.required === true && payload.type.kind === 'blob')
  if (payload !== undefined && isThere) target[payload.name] = readPayload(payload, request.body, depth)
  return target
}

function readLocated(member: Member, match: Match, request: WireRequest): unknown {
  switch (member.location) {
    case 'uri': {
      const raw = match.labels.get(member.wire)
      return raw === undefined ? undefined : readScalarText(member.type, decodeLabel(raw))
    }
    case 'querystring':
      return readQuery(member, match)
    case 'header': {
      const text = Object.hasOwn(request.headers, member.header) ? request.headers[member.header] : undefined
      return text === undefined ? undefined : readHeader(member, text)
    }
    case 'headers':
      return readHeaderMap(member, request.headers)
    default:
      return undefined
  }
}

/**
 * A query member: one parameter, all of one name (lists), or all that no other member names (maps). An empty one counts as
 * absent unless it is a string.
 */
function readQuery(member: Member, { operation, parameters }: Match): unknown {
  const { type } = member
  if (type.kind === 'map')
    return readQueryMap(member, type, { input: operation.input, parameters, literal: operation.literalQuery })
  const given = parameters.filter(([name]) => name === member.wire).map(([, value]) => value)
  if (type.kind === 'list')
    return given.length === 0 ? undefined : given.map((text) => readScalarText(type.element, text))
  const text = given[0]
  return text === undefined || (text === '' && type.kind !== 'string') ? undefined : readScalarText(type, text)
}

function readQueryMap(
  member: Member,
  type: MapType,
  from: { input: StructureType; parameters: readonly Parameter[]; literal: readonly Parameter[] },
): Record<string, unknown> | undefined {
  const named = new Set(from.literal.map(([name]) => name))
  for (const other of from.input.located)
    if (other !== member && other.location === 'querystring') named.add(other.wire)
  const map = newMap()
  for (const [name, text] of from.parameters) {
    if (named.has(name)) continue
    if (type.value.kind === 'list') {
      map[name] = [...((map[name] as unknown[] | undefined) ?? []), readScalarText(type.value.element, text)]
    } else map[name] = readScalarText(type.value, text)
  }
  return Object.keys(map).length === 0 ? undefined : map
}

export function readHeader(member: Member, text: string): unknown {
  const { type } = member
  if (type.kind !== 'list') return readScalarText(type, text)
  return text.split(',').map((part) => readScalarText(type.element, part.trim()))
}

export function readHeaderMap(member: Member, headers: Readonly<Record<string, string>>): unknown {
  if (member.type.kind !== 'map') return undefined
  const map = newMap()
  for (const [name, text] of Object.entries(headers)) {
    if (name.startsWith(member.header)) map[name.slice(member.header.length)] = readScalarText(member.type.value, text)
  }
  return Object.keys(map).length === 0 ? undefined : map
}

export function readPayload(member: Member, body: Uint8Array, depth: number): unknown {
  if (member.type.kind === 'blob') return body
  if (member.type.kind === 'string') return payloadText(body)
  return readValue(member.type, parseJson(body), { form: jsonForm, depth })
}

export function writeOutput({ operation }: Match, output: object, requestId: string): WireAnswer {
  const headers: Record<string, string> = { 'x-amzn-RequestId': requestId }
  const { output: type } = operation
  if (type === undefined) return { status: operation.successStatus, headers, body: noBytes }
  const values = output as Readonly<Record<string, unknown>>
  const status = writeLocated(type.located, values, headers) ?? operation.successStatus
  if (status === 204) return { status, headers, body: noBytes }
  if (type.payload !== undefined) {
    const { body, contentType } = writePayload(type.payload, values[type.payload.name], operation.contentType)
    if (contentType !== undefined) headers['Content-Type'] ??= contentType
    return { status, headers, body }
  }
  headers['Content-Type'] ??= 'application/json'
  return { status, headers, body: JSON.stringify(writeMembers(type.body, values, jsonForm)) }
}

/** Adds header members to `headers`; returns the status member, if the type has one and it is given. */
export function writeLocated(
  members: readonly Member[],
  values: Readonly<Record<string, unknown>>,
  headers: Record<string, string>,
): number | undefined {
  let status: number | undefined
  for (const member of members) {
    const value = values[member.name]
    if (value === undefined || value === null) continue
    if (member.location === 'statusCode') status = value as number
    else if (member.location === 'header') headers[member.wire] = writeHeader(member, value)
    else if (member.location === 'headers' && member.type.kind === 'map') {
      for (const [name, entry] of Object.entries(value)) {
        if (entry !== undefined) headers[member.wire + name] = writeScalarText(member.type.value, entry, 'rfc822')
      }
    }
  }
  return status
}

function writeHeader({ type }: Member, value: unknown): string {
  if (type.kind !== 'list') return writeScalarText(type, value, 'rfc822')
  return (value as readonly unknown[]).map((element) => writeScalarText(type.element, element, 'rfc822')).join(', ')
}

function writePayload(
  { type }: Member,
  value: unknown,
  rawContentType: string,
): { body: WireAnswer['body']; contentType: string | undefined } {
  if (type.kind === 'structure' && type.eventStream) {
    const events = value as AsyncIterable<Readonly<Record<string, unknown>>>
    return { body: writeEvents(type, events), contentType: 'application/vnd.amazon.eventstream' }
  }
  if (type.kind === 'blob' || type.kind === 'string') {
    const body = payloadBytes((value as Uint8Array | string | undefined) ?? noBytes)
    return { body, contentType: body.length === 0 ? undefined : rawContentType }
  }
  const body = value === undefined ? '{}' : JSON.stringify(writeValue(type, value, jsonForm))
  return { body, contentType: 'application/json' }
}

/** AWS: the fault's name is in a header, its members in the body: `{"message":"…"}`. */
export function writeFault({ service }: Dialect, fault: ServiceFault, requestId: string): WireAnswer {
  const { body, located, values, messageName } = faultParts(service, fault)
  const headers: Record<string, string> = {
    'x-amzn-RequestId': requestId,
    'x-amzn-ErrorType': fault.shape,
    'Content-Type': 'application/json',
  }
  writeLocated(located, values, headers)
  // AWS: the GoneException of @connections has only its status and a header, and no body.
  if (fault.message === '' && body.length === 0) {
    delete headers['Content-Type']
    return { status: fault.status, headers, body: noBytes }
  }
  const members = { [messageName]: fault.message, ...writeMembers(body, values, jsonForm) }
  return { status: fault.status, headers, body: JSON.stringify(members) }
}
