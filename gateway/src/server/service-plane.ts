// The service side of the front: AWS calls from heads and bodies to the endpoint, and its answers back.
import type { Answer } from '../nouns/exchange.ts'
import { lastHeader } from '../nouns/headers.ts'
import type { Endpoint, ServiceRequest } from '../services/endpoint.ts'
import type { Destination, Head } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'
import type { ConnectionsTarget } from '../services/call.ts'

/** API Gateway's calls take 10 MB; Lambda's take a 50 MB zip as base64. */
const maximumBytes = 10 * 1024 * 1024
const maximumLambdaBytes = 70 * 1024 * 1024
const lambdaPath = /^\/20\d\d-\d\d-\d\d\//

/** A message's payload. WebSocket 30.3. */
const maximumMessageBytes = 128 * 1024
const connectionsPath = /^\/(?:@|%40)connections\//

/** `connections`: the stage whose URL was called, and the path behind it. */
export type ServicePlane = (head: Head, connections?: ConnectionsTarget & { readonly path: string }) => Destination

export function createServicePlane(endpoint: Endpoint): ServicePlane {
  return (head, connections) => {
    if (connections !== undefined || connectionsPath.test(head.target)) return toConnection(endpoint, head, connections)
    return toService(endpoint, head)
  }
}

function toConnection(endpoint: Endpoint, head: Head, target: Parameters<ServicePlane>[1]): Destination {
  return {
    maximumBodyBytes: maximumMessageBytes,
    handle: async (body): Promise<Answer> => {
      const request = requestOf(head, body)
      const path = target?.path ?? request.wire.path.replace(connectionsPath, '/@connections/')
      return answerOf(await endpoint({ ...request, wire: { ...request.wire, path }, connectionsOf: target }))
    },
    tooLarge: () => {
      const answer = plainAnswer(413, 'Payload too large')
      answer.headers.push('x-amzn-ErrorType', 'PayloadTooLargeException')
      return answer
    },
  }
}

function answerOf({ status, headers, body }: Awaited<ReturnType<Endpoint>>): Answer {
  return { status, headers: Object.entries(headers).flat(), body }
}

function toService(endpoint: Endpoint, head: Head): Destination {
  return {
    maximumBodyBytes: lambdaPath.test(head.target) ? maximumLambdaBytes : maximumBytes,
    handle: async (body): Promise<Answer> => answerOf(await endpoint(requestOf(head, body))),
    tooLarge: () => {
      const answer = plainAnswer(413, 'Request Too Long')
      answer.headers.push('x-amzn-ErrorType', 'RequestEntityTooLargeException')
      return answer
    },
  }
}

function requestOf(
  { method, target, headers: rawHeaders, remoteAddress: sourceIp, scheme }: Head,
  body: Uint8Array,
): ServiceRequest {
  const question = target.indexOf('?')
  const path = question < 0 ? target : target.slice(0, question)
  const query = question < 0 ? '' : target.slice(question + 1)
  return {
    wire: { method, path, query, headers: joinedHeaders(rawHeaders), body },
    signed: { method, path, query, rawHeaders, body },
    sourceIp,
    origin: `${scheme}://${lastHeader(rawHeaders, 'host') ?? 'localhost'}`,
  }
}

function joinedHeaders(rawHeaders: readonly string[]): Readonly<Record<string, string>> {
  const joined = Object.create(null) as Record<string, string>
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    const before = joined[name]
    joined[name] = before === undefined ? value : `${before}, ${value}`
  }
  return joined
}
