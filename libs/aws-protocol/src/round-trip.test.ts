// Properties over every operation of every model: what a client writes the server reads, and the other way round.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { decode } from './decode.ts'
import { encode, encodeFault } from './encode.ts'
import { ServiceFault } from './fault.ts'
import { loadNamed, modelNames } from './fixture.ts'
import type { Protocol } from './model.ts'
import type { Match, Operation, Service } from './service.ts'
import type { Member, StructureType, Type } from './type.ts'
import { validate } from './validate.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

const word = fc.stringMatching(/^[A-Za-z0-9 ._~:$*@/+%&=-]{1,12}$/).filter((text) => text.trim() === text)
const anyText = fc.string({ unit: 'grapheme', maxLength: 8 })
const seconds = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((milliseconds) => milliseconds / 1000)

/** Values a type can hold; `depth` ends recursive shapes. */
function valueOf(type: Type, depth: number): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'structure':
      return structureOf(type.members, depth - 1)
    case 'list':
      return fc.array(valueOf(type.element, depth - 1), { maxLength: 3 })
    case 'map':
      return fc.dictionary(anyText, valueOf(type.value, depth - 1), { maxKeys: 3 })
    case 'string':
      return anyText
    case 'integer':
    case 'long':
      return fc.integer()
    case 'float':
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0)
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return seconds
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 9 })
    case 'document':
      return fc.json().map((text) => JSON.parse(text) as unknown)
  }
}

/** Form parameters and XML cannot say "an empty structure"; RPC values are therefore made with all members that end. */
function structureOf(members: readonly Member[], depth: number): fc.Arbitrary<object> {
  const entries = members
    .filter((member) => depth > 0 || isScalar(member.type))
    .map((member) => [member.name, located(member, depth)])
  return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>)
}

function isScalar(type: Type): boolean {
  return type.kind !== 'structure' && type.kind !== 'list' && type.kind !== 'map'
}

/** Members outside the body hold what their place can hold: no empty labels, no control characters in headers. */
function located(member: Member, depth: number): fc.Arbitrary<unknown> {
  const { type, location } = member
  if (location === undefined || location === 'statusCode') {
    return location === undefined ? valueOf(type, depth) : fc.constantFrom(200, 202)
  }
  if (type.kind === 'string') return word
  if (type.kind === 'list') return fc.array(word, { minLength: 1, maxLength: 3 })
  if (type.kind !== 'map') return valueOf(type, depth)
  return fc.dictionary(
    word.map((name) => `x${name}`),
    word,
    { minKeys: 1, maxKeys: 3 },
  )
}

function valuesOf(type: StructureType | undefined): fc.Arbitrary<object> {
  if (type === undefined) return fc.constant({})
  const plain =
    type.payload?.type.kind === 'structure' && type.payload.type.eventStream
      ? type.members.filter((m) => m !== type.payload)
      : type.members
  return structureOf(plain, 4)
}

/** Runs a call through client and server code without a socket between. */
function exchange(service: Service, protocol: Protocol, serve: (match: Match, wire: WireRequest) => WireAnswer) {
  const send = (wire: WireRequest): Promise<WireAnswer> => {
    const match = service.match(wire)
    if (match === undefined) throw new Error(`no operation at ${wire.method} ${wire.path}?${wire.query}`)
    return Promise.resolve(serve(match, wire))
  }
  return createClient(service, { endpoint: 'http://localhost', region: 'us-east-1', protocol, send })
}

const speakers = modelNames.flatMap((name) => {
  const service = loadNamed(name)
  return service.protocols.map((protocol): [string, Protocol, Service] => [name, protocol, service])
})

describe.each(speakers)('%s in %s', (_name, protocol, service) => {
  const operations = [...service.operations.values()]
  const runs = { numRuns: Math.max(40, operations.length) }

  test('input survives', async () => {
    const calls = fc
      .constantFrom(...operations)
      .chain((operation) => fc.tuple(fc.constant(operation.name), valuesOf(operation.input)))
    await fc.assert(
      fc.asyncProperty(calls, async ([name, input]) => {
        let seen: [string, object] | undefined
        const client = exchange(service, protocol, (match, wire) => {
          seen = [match.operation.name, decode(match, wire)]
          return { status: match.operation.successStatus, headers: {}, body: emptyAnswer(match) }
        })
        await client.call(name, input)
        expect(seen).toEqual([name, input])
      }),
      runs,
    )
  })

  test('output survives', async () => {
    const answers = fc
      .constantFrom(...operations.filter((operation) => operation.output !== undefined))
      .chain((operation) => fc.tuple(fc.constant(operation.name), valuesOf(operation.output)))
    await fc.assert(
      fc.asyncProperty(answers, async ([name, output]) => {
        const client = exchange(service, protocol, (match) => encode(match, output, { requestId: 'r' }))
        const received = await client.call(name, labelsFor(service.operations.get(name)))
        expect(received).toMatchObject(output)
      }),
      runs,
    )
  })

  test('faults survive', async () => {
    for (const shape of service.faults.keys()) {
      const operation = operations[0]
      if (operation === undefined) return
      const fault = new ServiceFault(shape, 409, 'a "message" <b>')
      const client = exchange(service, protocol, (match) => encodeFault(match, fault, { requestId: 'r' }))
      await expect(client.call(operation.name, labelsFor(operation))).rejects.toMatchObject({
        code: shape,
        status: 409,
        message: 'a "message" <b>',
      })
    }
  })

  test('no body, query or label throws anything but ServiceFault', () => {
    const hostile = fc
      .constantFrom(...operations)
      .chain((operation) =>
        fc.tuple(fc.constant(operation), bodyFor(operation), fc.webQueryParameters(), fc.string({ maxLength: 9 })),
      )
    fc.assert(
      fc.property(hostile, ([operation, bytes, query, label]) => {
        const match: Match = {
          service,
          protocol,
          queryMode: false,
          operation,
          labels: new Map(operation.input.located.map(({ wire }) => [wire, label])),
          parameters: query.split('&').map((pair) => [pair, label]),
        }
        try {
          service.match({
            method: operation.method,
            path: `/${label}`,
            query,
            headers: {},
            body: new Uint8Array(bytes),
          })
          validate(match, decode(match, { method: 'POST', path: '/', query, headers: {}, body: new Uint8Array(bytes) }))
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceFault)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** The least a client must know to build the path. */
function labelsFor(operation: Operation | undefined): object {
  return Object.fromEntries(
    (operation?.input.located ?? []).filter(({ location }) => location === 'uri').map(({ name }) => [name, 'x']),
  )
}

function emptyAnswer(match: Match): WireAnswer['body'] {
  return match.protocol === 'query' ? '<a/>' : new Uint8Array(0)
}

/** Bytes, forms, any JSON, and objects that have the right members with the wrong values. */
function bodyFor({ input }: Operation): fc.Arbitrary<Uint8Array> {
  const names = input.members.map(({ wire }) => wire)
  const wrong = fc
    .dictionary(fc.constantFrom('__proto__', ...names), fc.jsonValue())
    .map((value) => JSON.stringify(value))
  const texts = fc.oneof(wrong, fc.json(), fc.webQueryParameters())
  return fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    texts.map((text) => new TextEncoder().encode(text)),
  )
}
