// The client's side of the protocols that put everything in the body: JSON, query and CBOR.
import type { Operation, Service } from '../service.ts'
import { payloadText } from '../scalar-text.ts'
import { readMembers, writeMembers } from '../value.ts'
import { utf8Bytes } from '../wire.ts'
import type { WireRequest } from '../wire.ts'
import { cborForm, parseCbor } from './cbor.ts'
import { encodeCbor } from './cbor-codec.ts'
import { writeForm } from './form.ts'
import { jsonForm, parseJson } from './json-body.ts'
import { wholeBody } from './received.ts'
import type { ReceivedAnswer } from './received.ts'
import { parseXml } from './xml.ts'
import { readXmlMembers } from './xml-value.ts'

function post(path: string, headers: Record<string, string>, body: Uint8Array): WireRequest {
  return { method: 'POST', path, query: '', headers, body }
}

export function writeJson({ conventions }: Service, operation: Operation, input: object): WireRequest {
  const headers = {
    'content-type': `application/x-amz-json-${conventions.jsonVersion}`,
    'x-amz-target': `${conventions.targetPrefix}.${operation.name}`,
  }
  return post('/', headers, utf8Bytes(JSON.stringify(writeMembers(operation.input.members, input, jsonForm))))
}

export function writeQuery({ apiVersion }: Service, operation: Operation, input: object): WireRequest {
  const head = [['Action', operation.name] as const, ['Version', apiVersion] as const]
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  return post('/', headers, utf8Bytes(writeForm(head, operation.input, input)))
}

export function writeCbor({ conventions }: Service, operation: Operation, input: object): WireRequest {
  const headers = { 'content-type': 'application/cbor', accept: 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' }
  const path = `/service/${conventions.targetPrefix}/operation/${operation.name}`
  return post(path, headers, encodeCbor(writeMembers(operation.input.members, input, cborForm)))
}

type Output = Promise<Record<string, unknown>>

export async function readJson({ conventions }: Service, { output }: Operation, answer: ReceivedAnswer): Output {
  const target: Record<string, unknown> = {}
  const source = output && parseJson(await wholeBody(answer.body))
  if (output) readMembers(output.members, source, { form: jsonForm, depth: conventions.budget.depth, target })
  return target
}

export async function readCbor({ conventions }: Service, { output }: Operation, answer: ReceivedAnswer): Output {
  const target: Record<string, unknown> = {}
  const { depth } = conventions.budget
  const source = output && parseCbor(await wholeBody(answer.body), depth)
  if (output) readMembers(output.members, source, { form: cborForm, depth, target })
  return target
}

export async function readQuery({ conventions }: Service, operation: Operation, answer: ReceivedAnswer): Output {
  if (operation.output === undefined) return {}
  const document = parseXml(payloadText(await wholeBody(answer.body)), conventions.budget.depth)
  const result = document.children.find(({ name }) => name === operation.resultWrapper)
  return readXmlMembers(operation.output, result ?? document)
}
