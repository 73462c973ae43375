// The methods every Java object has.
import { javaEquals, javaHashCode } from '../equality.ts'
import { MethodFault } from '../faults.ts'
import { textOf } from '../print.ts'
import type { Value } from '../values.ts'
import type { Define } from './table.ts'

export function defineObjectMethods<Self extends Value>(define: Define<Self>): void {
  define('equals', 'o', (self, [other], { meter }) => javaEquals(self, other, meter))
  define('hashCode', '', (self, _args, { meter }) => javaHashCode(self, meter))
  define('toString', '', (self, _args, { meter }) => textOf(self, meter))
}

/** Throws what `compareTo` throws for a value of another type. */
export function refuseComparison(): never {
  throw new MethodFault('ClassCastException: values of different types have no order')
}
