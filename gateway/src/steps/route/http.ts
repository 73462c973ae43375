// Step `route` of HTTP APIs: the route key that serves the path and verb. HTTP 4.3.
import { routeMatched } from '../../nouns/decisions.ts'
import type { Received, Routed } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { httpRoutePath } from '../../nouns/http.ts'
import { anyVerbs } from '../../nouns/verbs.ts'
import type { Step } from '../pipeline.ts'
import { PathTrie } from './trie.ts'

/** The routes of one deployment: by path and verb, and the one that takes what is left. */
export interface HttpRoutes<Target> {
  readonly trie: PathTrie
  readonly targets: readonly Target[]
  readonly fallback: Target | undefined
}

/** TRACE, CONNECT and unknown methods match no route. HTTP 4.3. */
const knownVerbs: ReadonlySet<string> = new Set(anyVerbs)

/** Sorts targets by their route keys: `GET /pets/{petId}`, `ANY /{proxy+}`, `$default`. */
export function createHttpRoutes<Target extends { readonly routeKey: string }>(
  targets: readonly Target[],
): HttpRoutes<Target> {
  const trie = new PathTrie({ precedence: 'complete', decodeValues: true, anyVerbs: knownVerbs })
  let fallback: Target | undefined
  for (const [index, target] of targets.entries()) {
    const space = target.routeKey.indexOf(' ')
    if (space < 0) fallback = target
    else trie.add(target.routeKey.slice(space + 1), target.routeKey.slice(0, space), index)
  }
  return { trie, targets, fallback }
}

/** The route for a request, or undefined. The default route takes every verb. */
export function findHttpRoute<Target>(
  { trie, targets, fallback }: HttpRoutes<Target>,
  exchange: Received,
): Routed<Target> | undefined {
  const match = trie.match(httpRoutePath(exchange), exchange.method)
  const target = match === undefined ? fallback : targets[match.target]
  return target === undefined ? undefined : { target, pathParameters: match?.pathParameters }
}

export function routeHttp<Target extends { readonly routeKey: string }>(
  routes: HttpRoutes<Target>,
): Step<Received, Routed<Target>> {
  return {
    name: 'route',
    run: (exchange) => {
      const found = findHttpRoute(routes, exchange)
      const { listener, receivedAtMs: atMs } = exchange
      if (found === undefined) {
        const reason = { verb: exchange.method, path: httpRoutePath(exchange) }
        listener?.decided({ step: 'route', verdict: 'no route', reason, refuses: true, atMs })
        throw new HttpFault(404, 'Not Found')
      }
      listener?.decided(routeMatched)
      return found
    },
  }
}
