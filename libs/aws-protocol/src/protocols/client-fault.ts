// Reads the answer of a refused call as a `ServiceFault`, in any protocol, however little of it is readable.
import { ServiceFault, Unreadable } from '../fault.ts'
import type { Protocol } from '../model.ts'
import { payloadText } from '../scalar-text.ts'
import type { Service } from '../service.ts'
import { isObject, readMembers } from '../value.ts'
import { cborForm, parseCbor } from './cbor.ts'
import { readLocated } from './client-rest-json.ts'
import { jsonForm, parseJson } from './json-body.ts'
import { wholeBody } from './received.ts'
import type { ReceivedAnswer } from './received.ts'
import { parseXml } from './xml.ts'

/** The fault of an answer. Its code is the model's name of it, or what the answer calls it, or `UnknownError`. */
export async function readFault(service: Service, protocol: Protocol, answer: ReceivedAnswer): Promise<ServiceFault> {
  const body = await wholeBody(answer.body)
  try {
    if (protocol === 'query') return readXmlFault(service, answer, body)
    return readObjectFault(service, protocol, { answer, body })
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return new ServiceFault(headerCode(answer) ?? 'UnknownError', answer.status, `status ${answer.status}`, {
      cause: error,
    })
  }
}

function readXmlFault(service: Service, answer: ReceivedAnswer, body: Uint8Array): ServiceFault {
  const document = parseXml(payloadText(body), service.conventions.budget.depth)
  const error = document.children.find(({ name }) => name === 'Error') ?? document
  const textOf = (wanted: string): string | undefined => error.children.find(({ name }) => name === wanted)?.text
  return new ServiceFault(
    textOf('Code') ?? 'UnknownError',
    answer.status,
    textOf('Message') ?? `status ${answer.status}`,
  )
}

function readObjectFault(
  service: Service,
  protocol: Protocol,
  { answer, body }: { answer: ReceivedAnswer; body: Uint8Array },
): ServiceFault {
  const { depth } = service.conventions.budget
  const isCbor = protocol === 'smithy-rpc-v2-cbor'
  const source = isCbor ? parseCbor(body, depth) : parseJson(body)
  const values = isObject(source) ? source : {}
  const code = headerCode(answer) ?? shapeName(textAt(values, '__type') ?? textAt(values, 'code')) ?? 'UnknownError'
  const message = textAt(values, 'message') ?? textAt(values, 'Message') ?? `status ${answer.status}`
  const members: Record<string, unknown> = {}
  const shape = service.faults.get(code)
  if (shape !== undefined) {
    const body = shape.body.filter(({ name }) => name.toLowerCase() !== 'message')
    readMembers(body, values, { form: isCbor ? cborForm : jsonForm, depth, target: members })
    readLocated(shape.located, answer, members)
  }
  return new ServiceFault(code, answer.status, message, { members })
}

function textAt(values: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function headerCode({ headers }: ReceivedAnswer): string | undefined {
  return shapeName(headers['x-amzn-errortype'])
}

/** `com.amazonaws.logs#ResourceNotFoundException:http://…` → `ResourceNotFoundException` */
function shapeName(text: string | undefined): string | undefined {
  return text?.slice(text.indexOf('#') + 1).split(':')[0]
}
