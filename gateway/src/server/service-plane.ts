// The service side of the front: AWS calls from heads and bodies to the endpoint, and its answers back.
import type { Answer } from '../nouns/exchange.ts'
import type { Endpoint, ServiceRequest } from '../services/endpoint.ts'
import type { Destination, Head } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'

/** API Gateway's calls take 10 MB; Lambda's take a 50 MB zip as base64. */
const maximumBytes = 10 * 1024 * 1024
const maximumLambdaBytes = 70 * 1024 * 1024
const lambdaPath = /^\/20\d\d-\d\d-\d\d\//

export function createServicePlane(endpoint: Endpoint): (head: Head) => Destination {
  return (head) => ({
    maximumBodyBytes: lambdaPath.test(head.target) ? maximumLambdaBytes : maximumBytes,
    handle: async (body): Promise<Answer> => {
      const { status, headers, body: answer } = await endpoint(requestOf(head, body))
      return { status, headers: Object.entries(headers).flat(), body: answer }
    },
    tooLarge: () => {
      const answer = plainAnswer(413, 'Request Too Long')
      answer.headers.push('x-amzn-ErrorType', 'RequestEntityTooLargeException')
      return answer
    },
  })
}

function requestOf({ method, target, headers: rawHeaders }: Head, body: Uint8Array): ServiceRequest {
  const question = target.indexOf('?')
  const path = question < 0 ? target : target.slice(0, question)
  const query = question < 0 ? '' : target.slice(question + 1)
  return {
    wire: { method, path, query, headers: joinedHeaders(rawHeaders), body },
    signed: { method, path, query, rawHeaders, body },
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
