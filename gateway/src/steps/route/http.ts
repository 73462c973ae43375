// Step `route` of HTTP APIs: the route key that serves the path and verb. HTTP 4.3.
import { routeMatched } from '../../nouns/decisions.ts'
import type { Received, Routed } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { httpRoutePath } from '../../nouns/http.ts'
import { anyVerbs } from '../../nouns/verbs.ts'
import type { Step } from '../pipeline.ts'
import { PathTrie } from './trie.ts'

/** TRACE, CONNECT and unknown methods match no route. HTTP 4.3. */
const knownVerbs: ReadonlySet<string> = new Set(anyVerbs)

/** The routes of one deployment, which go by numbers: by path and verb, and the one that takes what is left. */
export class HttpRoutes<Target> {
  private readonly trie = new PathTrie({ precedence: 'complete', decodeValues: true, anyVerbs: knownVerbs })
  private readonly targetAt: (index: number) => Target
  private fallback: number | undefined

  /** `targetAt`: what the numbers stand for. */
  constructor(targetAt: (index: number) => Target) {
    this.targetAt = targetAt
  }

  /** Adds a route by its key: `GET /pets/{petId}`, `ANY /{proxy+}`, `$default`. */
  add(routeKey: string, index: number): void {
    const space = routeKey.indexOf(' ')
    if (space < 0) this.fallback = index
    else this.trie.add(routeKey.slice(space + 1), routeKey.slice(0, space), index)
  }

  /** The route for a request, or undefined. The default route takes every verb. */
  find(exchange: Received): Routed<Target> | undefined {
    const match = this.trie.match(httpRoutePath(exchange), exchange.method)
    const index = match === undefined ? this.fallback : match.target
    return index === undefined ? undefined : { target: this.targetAt(index), pathParameters: match?.pathParameters }
  }
}

export function routeHttp<Target>(routes: HttpRoutes<Target>): Step<Received, Routed<Target>> {
  return {
    name: 'route',
    run: (exchange) => {
      const found = routes.find(exchange)
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
