// Step `route` of REST APIs: which resource and method serve the path and verb.
import { readSignature, SignatureFault } from '@sluice/sigv4'
import { routeMatched } from '../../nouns/decisions.ts'
import type { Received, Routed } from '../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { anyVerbs } from '../../nouns/verbs.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { resourcePath } from '../../nouns/rest.ts'
import { signatureRefusal } from '../authorize/rest/iam.ts'
import type { Step } from '../pipeline.ts'
import { PathTrie } from './trie.ts'

export function createRestTrie(): PathTrie {
  return new PathTrie({ precedence: 'branch', decodeValues: false, anyVerbs: new Set(anyVerbs) })
}

/** `targetAt`: what the trie's numbers stand for. */
export function routeRest<Target>(trie: PathTrie, targetAt: (index: number) => Target): Step<Received, Routed<Target>> {
  return {
    name: 'route',
    run: (exchange) => {
      const path = resourcePath(exchange)
      // AWS: a trailing slash is ignored for matching, and is no part of a variable — recorded REST 20
      const matched = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
      const { method: verb, listener } = exchange
      const match = trie.match(matched, verb)
      if (match === undefined) {
        const reason = { verb, path }
        listener?.decided({ step: 'route', verdict: 'no route', reason, refuses: true, atMs: exchange.receivedAtMs })
        throw unrouted(exchange)
      }
      if (listener !== undefined) {
        if (exchange.sentMethod === undefined) listener.decided(routeMatched)
        else listener.decided({ ...routeMatched, reason: { verb, path }, atMs: exchange.receivedAtMs })
      }
      return { target: targetAt(match.target), pathParameters: match.pathParameters }
    },
  }
}

/**
 * AWS: who calls a path that is none with an `Authorization` header of another scheme is told that it is no signature — documented
 * and a well-known trap, Security A.6; anybody else that there is no token.
 */
function unrouted({ headers, rawQuery }: Received): GatewayFault {
  if (lastHeader(headers, 'authorization') === undefined) return fault('MISSING_AUTHENTICATION_TOKEN')
  try {
    readSignature({ rawHeaders: headers, query: rawQuery })
    return fault('MISSING_AUTHENTICATION_TOKEN')
  } catch (error) {
    if (error instanceof SignatureFault) return signatureRefusal(error)
    throw error
  }
}
