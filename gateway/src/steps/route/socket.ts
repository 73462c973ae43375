// Step `route` of WebSocket messages: the API's expression reads a key from the message, the key names the route. WebSocket 24.2.
import { fault } from '../../nouns/faults.ts'
import { compileSelection } from '../../nouns/selection-expression.ts'
import type { SocketReceived, SocketRouted, SocketRoute } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'

/** Routes that no message can name; a message that tries is like one that names nothing (?). */
const eventRoutes = new Set(['$connect', '$disconnect'])

/** Throws INVALID_API_KEY, whose words are AWS's for it: `Forbidden`. */
export function routeMessage<Target extends SocketRoute>(
  expression: string,
  routes: readonly Target[],
): Step<SocketReceived, SocketRouted & { readonly target: Target }> {
  const byKey = new Map<string, Target>()
  for (const route of routes) if (!eventRoutes.has(route.routeKey)) byKey.set(route.routeKey, route)
  const otherwise = byKey.get('$default')
  const selection = compileSelection(expression)
  return {
    name: 'route',
    run: ({ body, listener, receivedAtMs }) => {
      const document = parseObject(body)
      const key = document === undefined ? '$default' : selection.evaluate({ body: document })
      const target = byKey.get(key) ?? otherwise
      listener?.decided({
        step: 'route',
        verdict: target === undefined ? 'no route' : 'matched',
        reason: { key: told(key), routeKey: target?.routeKey },
        atMs: receivedAtMs,
      })
      if (target === undefined) throw fault('INVALID_API_KEY', { log: `No route for the key ${told(key)}` })
      return { target, document }
    },
  }
}

/** No route has a key as long as that. A copy, and not a slice, which would keep the whole: stories and logs keep what they are told. */
const mostToldCharacters = 256

function told(key: string): string {
  return key.length <= mostToldCharacters ? key : `${Buffer.from(key.slice(0, mostToldCharacters)).toString()}…`
}

/** Undefined for what is no JSON, or JSON but no object (?). */
function parseObject(text: string): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}
