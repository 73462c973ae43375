// `application/vnd.amazon.eventstream`: an operation's output as a stream of framed events. Both directions.
// Frame: total length, header length, CRC of both · headers · payload · CRC of all before it (32 bits each, big-endian).
import { crc32 } from 'node:zlib'
import { ServiceFault, Unreadable } from '../fault.ts'
import { payloadText } from '../scalar-text.ts'
import type { StructureType } from '../type.ts'
import { readMembers, writeMembers } from '../value.ts'
import { utf8Bytes } from '../wire.ts'
import { jsonForm, parseJson } from './json-body.ts'

const preludeBytes = 12
const overheadBytes = 16
/** AWS: a message is at most 24 MB. */
const maximumFrameBytes = 24 * 1024 * 1024
const stringHeader = 7

type Event = Readonly<Record<string, unknown>>

/** Frames each event: an object with the one member of `type` it is. */
export async function* writeEvents(type: StructureType, events: AsyncIterable<Event>): AsyncIterable<Uint8Array> {
  for await (const event of events) {
    const member = type.members.find(({ name }) => event[name] !== undefined)
    if (member?.type.kind !== 'structure') throw new TypeError(`an event is none of ${type.name}`)
    yield writeEvent(member.wire, member.type, event[member.name] as Event)
  }
}

function writeEvent(name: string, type: StructureType, value: Event): Uint8Array {
  const raw = type.members.find(({ eventPayload }) => eventPayload)
  const payload =
    raw === undefined
      ? utf8Bytes(JSON.stringify(writeMembers(type.body, value, jsonForm)))
      : ((value[raw.name] as Uint8Array | undefined) ?? new Uint8Array(0))
  const contentType = raw === undefined ? 'application/json' : 'application/octet-stream'
  return writeFrame({ ':event-type': name, ':content-type': contentType, ':message-type': 'event' }, payload)
}

function writeFrame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array {
  const headerBytes = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const text = Buffer.from(value)
      const head = Buffer.from([name.length, ...Buffer.from(name), stringHeader, text.length >> 8, text.length & 255])
      return Buffer.concat([head, text])
    }),
  )
  const frame = Buffer.alloc(overheadBytes + headerBytes.length + payload.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headerBytes.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  frame.set(headerBytes, 12)
  frame.set(payload, 12 + headerBytes.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4)
  return new Uint8Array(frame.buffer, frame.byteOffset, frame.length)
}

/** Reads frames as they arrive, however they are cut; throws `Unreadable` on a broken one and `ServiceFault` on an exception event. */
export async function* readEvents(type: StructureType, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Event> {
  let pieces: Uint8Array[] = []
  let heldBytes = 0
  let wantedBytes = preludeBytes
  for await (const chunk of chunks) {
    pieces.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < wantedBytes) continue
    let held: Buffer = Buffer.concat(pieces)
    while (held.length >= (wantedBytes = frameLength(held))) {
      const event = readEvent(type, held.subarray(0, wantedBytes))
      held = held.subarray(wantedBytes)
      if (event !== undefined) yield event
    }
    pieces = [held]
    heldBytes = held.length
  }
  if (heldBytes > 0) throw new Unreadable('The event stream ends within an event.')
}

/** The length of the frame that begins here, or of a prelude where there is not even that. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < preludeBytes) return preludeBytes
  const length = bytes.readUInt32BE(0)
  const fits = length >= overheadBytes && length <= maximumFrameBytes && bytes.readUInt32BE(4) <= length - overheadBytes
  if (!fits || bytes.readUInt32BE(8) !== crc32(bytes.subarray(0, 8)))
    throw new Unreadable('An event has a broken prelude.')
  return length
}

function readEvent(type: StructureType, frame: Buffer): Event | undefined {
  if (frame.readUInt32BE(frame.length - 4) !== crc32(frame.subarray(0, -4)))
    throw new Unreadable('An event has a wrong checksum.')
  const payloadStart = 12 + frame.readUInt32BE(4)
  const headers = readHeaders(frame.subarray(12, payloadStart))
  const payload = new Uint8Array(frame.subarray(payloadStart, -4))
  const exception = headers.get(':exception-type') ?? headers.get(':error-code')
  if (exception !== undefined) {
    throw new ServiceFault(exception, 400, headers.get(':error-message') ?? payloadText(payload))
  }
  const member = type.members.find(({ wire }) => wire === headers.get(':event-type'))
  if (member?.type.kind !== 'structure') return undefined
  const raw = member.type.members.find(({ eventPayload }) => eventPayload)
  const target: Record<string, unknown> = raw === undefined ? {} : { [raw.name]: payload }
  if (raw === undefined) readMembers(member.type.body, parseJson(payload), { form: jsonForm, depth: 8, target })
  return { [member.name]: target }
}

/** The string headers of a frame; the protocol's other header types carry nothing this library reads. */
function readHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    if (nameEnd + 3 > bytes.length || bytes[nameEnd] !== stringHeader) break
    const valueStart = nameEnd + 3
    const valueEnd = valueStart + bytes.readUInt16BE(nameEnd + 1)
    if (valueEnd > bytes.length) throw new Unreadable('An event has a broken header.')
    headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', valueStart, valueEnd))
    at = valueEnd
  }
  return headers
}
