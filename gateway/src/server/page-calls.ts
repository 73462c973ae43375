// AWS calls from web pages: what a browser asks before it lets a page call, and what lets the page read the answer.
import type { Answer } from '../nouns/exchange.ts'
import { lastHeader } from '../nouns/headers.ts'
import type { Destination, Head } from './incoming.ts'
import type { ServicePlane } from './service-plane.ts'

// Any origin, as AWS's own services allow: each call has to be signed, and browsers sign nothing by themselves.
const anyOrigin = ['Access-Control-Allow-Origin', '*']
const readable = [
  ...anyOrigin,
  'Access-Control-Expose-Headers',
  'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
]
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** AWS: two days. */
const maximumAgeSeconds = '172800'

/** The services as they are called by pages too. Whether a page may call at all is not asked here. */
export function callableByPages(services: ServicePlane): ServicePlane {
  return (head, connections) => {
    if (lastHeader(head.headers, 'origin') === undefined) return services(head, connections)
    return isPreflight(head) ? preflight(head) : readableByPages(services(head, connections))
  }
}

function isPreflight({ method, headers }: Head): boolean {
  return method === 'OPTIONS' && lastHeader(headers, 'access-control-request-method') !== undefined
}

function preflight({ headers }: Head): Destination {
  const asked = lastHeader(headers, 'access-control-request-headers')
  const answer = (): Answer => ({
    status: 200,
    headers: [
      ...anyOrigin,
      'Access-Control-Allow-Methods',
      methods,
      ...(asked === undefined ? [] : ['Access-Control-Allow-Headers', asked]),
      'Access-Control-Max-Age',
      maximumAgeSeconds,
    ],
    body: '',
  })
  return { maximumBodyBytes: 0, handle: answer, tooLarge: answer }
}

function readableByPages({ maximumBodyBytes, handle, tooLarge }: Destination): Destination {
  const opened = (answer: Answer): Answer => ({ ...answer, headers: [...answer.headers, ...readable] })
  return {
    maximumBodyBytes,
    handle: async (body) => opened(await handle(body)),
    tooLarge: () => opened(tooLarge()),
  }
}
