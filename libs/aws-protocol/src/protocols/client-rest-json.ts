// The client's side of AWS REST-JSON: writes requests and reads answers.
import { encodeStrict } from '../route.ts'
import { payloadBytes, readScalarText, writeScalarText } from '../scalar-text.ts'
import type { Operation, Service } from '../service.ts'
import type { Member } from '../type.ts'
import { readMembers, writeMembers, writeValue } from '../value.ts'
import { noBytes, utf8Bytes } from '../wire.ts'
import type { WireRequest } from '../wire.ts'
import { readEvents } from './event-stream.ts'
import { jsonForm, parseJson } from './json-body.ts'
import { chunksOf, wholeBody } from './received.ts'
import type { ReceivedAnswer } from './received.ts'
import { readHeader, readHeaderMap, readPayload, writeLocated } from './rest-json.ts'

type Values = Readonly<Record<string, unknown>>

/** Throws a `TypeError` when a path label has no value. */
export function writeInput(_service: Service, operation: Operation, input: object): WireRequest {
  const values = input as Values
  const { input: type } = operation
  const headers: Record<string, string> = {}
  writeLocated(type.located, values, headers)
  const { body, contentType } = writeBody(operation, values)
  if (contentType !== undefined) headers['Content-Type'] ??= contentType
  return {
    method: operation.method,
    path: operation.path.replace(/\{([^{}+]+)(\+?)\}/g, (_label, name: string, plus: string) =>
      writeLabel(operation, values, { name, greedy: plus !== '' }),
    ),
    query: writeQuery(operation, values),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body,
  }
}

function writeLabel(
  { name: operation, input }: Operation,
  values: Values,
  label: { name: string; greedy: boolean },
): string {
  const member = input.located.find(({ location, wire }) => location === 'uri' && wire === label.name)
  const value = member && values[member.name]
  const text = member === undefined || value === undefined ? '' : writeScalarText(member.type, value, 'iso8601')
  if (text === '') throw new TypeError(`${operation} needs a value for "${member?.name ?? label.name}"`)
  const encoded = encodeStrict(text)
  return label.greedy ? encoded.replaceAll('%2F', '/') : encoded
}

function writeQuery({ literalQuery, input }: Operation, values: Values): string {
  const pairs = literalQuery.map(([name, text]) => pairOf(name, text))
  for (const member of input.located) {
    const value = values[member.name]
    if (member.location === 'querystring' && value !== undefined && value !== null)
      pairs.push(...queryPairs(member, value))
  }
  return pairs.join('&')
}

function queryPairs({ wire, type }: Member, value: unknown): string[] {
  if (type.kind === 'list') {
    return (value as readonly unknown[]).map((item) => pairOf(wire, writeScalarText(type.element, item, 'iso8601')))
  }
  if (type.kind !== 'map') return [pairOf(wire, writeScalarText(type, value, 'iso8601'))]
  return Object.entries(value as object).flatMap(([name, entry]: [string, unknown]) => {
    const { value: inner } = type
    if (inner.kind !== 'list') return [pairOf(name, writeScalarText(inner, entry, 'iso8601'))]
    return (entry as readonly unknown[]).map((item) => pairOf(name, writeScalarText(inner.element, item, 'iso8601')))
  })
}

function pairOf(name: string, text: string): string {
  return `${encodeStrict(name)}=${encodeStrict(text)}`
}

function writeBody({ input }: Operation, values: Values): { body: Uint8Array; contentType: string | undefined } {
  const { payload } = input
  if (payload === undefined) {
    if (input.body.length === 0) return { body: noBytes, contentType: undefined }
    const body = utf8Bytes(JSON.stringify(writeMembers(input.body, values, jsonForm)))
    return { body, contentType: 'application/json' }
  }
  const value = values[payload.name]
  if (value === undefined || value === null) return { body: noBytes, contentType: undefined }
  if (payload.type.kind === 'blob' || payload.type.kind === 'string') {
    return { body: payloadBytes(value as Uint8Array | string), contentType: 'application/octet-stream' }
  }
  return { body: utf8Bytes(JSON.stringify(writeValue(payload.type, value, jsonForm))), contentType: 'application/json' }
}

/** Throws `Unreadable` when the answer is not what the model says. */
export async function readOutput(
  service: Service,
  { output }: Operation,
  answer: ReceivedAnswer,
): Promise<Record<string, unknown>> {
  const target: Record<string, unknown> = {}
  if (output === undefined) return target
  const { depth } = service.conventions.budget
  readLocated(output.located, answer, target)
  const { payload } = output
  if (payload?.type.kind === 'structure' && payload.type.eventStream) {
    target[payload.name] = readEvents(payload.type, chunksOf(answer.body))
    return target
  }
  const body = await wholeBody(answer.body)
  if (output.body.length > 0) readMembers(output.body, parseJson(body), { form: jsonForm, depth, target })
  if (payload !== undefined && body.length > 0) target[payload.name] = readPayload(payload, body, depth)
  return target
}

/** Header and status members. */
export function readLocated(members: readonly Member[], answer: ReceivedAnswer, target: Record<string, unknown>): void {
  for (const member of members) {
    if (member.location === 'statusCode') target[member.name] = readScalarText(member.type, String(answer.status))
    else if (member.location === 'headers') {
      const map = readHeaderMap(member, answer.headers)
      if (map !== undefined) target[member.name] = map
    } else if (member.location === 'header') {
      const text = answer.headers[member.header]
      if (text !== undefined) target[member.name] = readHeader(member, text)
    }
  }
}
