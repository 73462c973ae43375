// Operations that no handler serves yet: they answer 501 in AWS's error form, and docs/compatibility.md lists them.
import { ServiceFault } from '@sluice/aws-protocol'
import type { Call } from './call.ts'

const marked = new WeakSet<object>()

/** Handlers for the named operations. Typed by the names, so that a service's table is complete or does not compile. */
export function notYet<const Name extends string>(
  names: readonly Name[],
): { readonly [N in Name]: (input: unknown, call: Call) => never } {
  const handlers = {} as { [N in Name]: (input: unknown, call: Call) => never }
  for (const name of names) {
    const refuse = (): never => {
      throw new ServiceFault(
        'NotImplementedException',
        501,
        `${name} is not available in Sluice yet. See docs/compatibility.md.`,
      )
    }
    marked.add(refuse)
    handlers[name] = refuse
  }
  return handlers
}

/** Whether a handler is such a stand-in. */
export function isNotYet(handler: object): boolean {
  return marked.has(handler)
}
