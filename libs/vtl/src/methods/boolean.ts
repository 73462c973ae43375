// Java's methods on booleans.
import type { Value } from '../values.ts'
import { defineObjectMethods, refuseComparison } from './object.ts'
import { methodTable, type MethodTable } from './table.ts'

export const booleanMethods: MethodTable<boolean> = methodTable((define) => {
  defineObjectMethods(define)
  define('booleanValue', '', (self) => self)
  define('compareTo', 'b', (self, [other]) => Number(self) - Number(other))
  define('compareTo', 'o', refuseComparison)
  define('parseBoolean', 't', (_self, [text]) => isTrue(text))
  define('valueOf', 't', (_self, [text]) => isTrue(text))
  define('valueOf', 'b', (_self, [value]) => value)
  define('toString', 'b', (_self, [value]) => String(value))
  define('logicalAnd', 'bb', (_self, [left, right]) => left && right)
  define('logicalOr', 'bb', (_self, [left, right]) => left || right)
  define('logicalXor', 'bb', (_self, [left, right]) => left !== right)
})

function isTrue(text: Value): boolean {
  return typeof text === 'string' && text.toLowerCase() === 'true'
}
