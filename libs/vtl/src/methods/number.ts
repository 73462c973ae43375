// Java's methods on numbers. Static ones such as `$n.parseInt("5")` work on any number, as templates use them.
import { MethodFault } from '../faults.ts'
import { compareNumbers, narrow, numberText, parseWhole } from '../numbers.ts'
import { isDouble, toJavaDouble, toNumber, type JavaNumber } from '../values.ts'
import { unsignedText } from './format.ts'
import { defineObjectMethods, refuseComparison } from './object.ts'
import { methodTable, type Define, type MethodTable } from './table.ts'

export const numberMethods: MethodTable<JavaNumber> = methodTable((define) => {
  defineObjectMethods(define)
  defineConversions(define)
  defineParsing(define)
  defineStatic(define)
})

function defineConversions(define: Define<JavaNumber>): void {
  define('intValue', '', (number) => toWhole(number, 32))
  define('longValue', '', (number) => toWhole(number, 64))
  define('shortValue', '', (number) => Number(BigInt.asIntN(16, BigInt(toWhole(number, 32)))))
  define('byteValue', '', (number) => Number(BigInt.asIntN(8, BigInt(toWhole(number, 32)))))
  define('doubleValue', '', (number) => toJavaDouble(toNumber(number)))
  define('floatValue', '', (number) => toJavaDouble(Math.fround(toNumber(number))))
  define('compareTo', 'n', (number, [other]) => {
    return isDouble(number) === isDouble(other) ? compareNumbers(number, other) : refuseComparison()
  })
  define('compareTo', 'o', refuseComparison)
  define('isNaN', '', (number) => (isDouble(number) ? Number.isNaN(toNumber(number)) : null))
  define('isInfinite', '', (number) => (isDouble(number) ? Math.abs(toNumber(number)) === Infinity : null))
}

function defineParsing(define: Define<JavaNumber>): void {
  define('parseInt', 's', (_number, [text]) => parse(text, 10, 32))
  define('parseInt', 'si', (_number, [text, radix]) => parse(text, radix, 32))
  define('parseLong', 's', (_number, [text]) => parse(text, 10, 64))
  define('parseDouble', 's', (_number, [text]) => parseDouble(text))
  define('parseFloat', 's', (_number, [text]) => parseDouble(text))
  define('valueOf', 's', (number, [text]) => (isDouble(number) ? parseDouble(text) : parse(text, 10, 32)))
  define('valueOf', 'n', (_number, [value]) => value)
}

function defineStatic(define: Define<JavaNumber>): void {
  define('toString', 'n', (_number, [value]) => numberText(value))
  define('toString', 'ii', (_number, [value, radix]) => value.toString(radix >= 2 && radix <= 36 ? radix : 10))
  define('toHexString', 'i', (_number, [value]) => unsignedText(value, 16))
  define('toOctalString', 'i', (_number, [value]) => unsignedText(value, 8))
  define('toBinaryString', 'i', (_number, [value]) => unsignedText(value, 2))
  define('max', 'nn', (_number, [left, right]) => (compareNumbers(left, right) >= 0 ? left : right))
  define('min', 'nn', (_number, [left, right]) => (compareNumbers(left, right) <= 0 ? left : right))
  define('compare', 'nn', (_number, [left, right]) => compareNumbers(left, right))
  define('sum', 'ii', (_number, [left, right]) => (left + right) | 0)
  define('signum', 'i', (_number, [value]) => Math.sign(value))
}

/** A Double is cut off and kept within the bounds; a whole number wraps around. */
function toWhole(number: JavaNumber, bits: 32 | 64): number | bigint {
  if (!isDouble(number)) return narrow(BigInt.asIntN(bits, BigInt(numberText(number))))
  const value = Math.trunc(toNumber(number))
  if (Number.isNaN(value)) return 0
  const limit = 2n ** BigInt(bits - 1)
  if (value >= Number(limit)) return narrow(limit - 1n)
  return value <= -Number(limit) ? narrow(-limit) : value + 0
}

function parse(text: string, radix: number, bits: 32 | 64): number | bigint {
  const value = wholeOf(text, radix)
  if (value === null || BigInt(value) !== BigInt.asIntN(bits, BigInt(value))) {
    throw new MethodFault(`NumberFormatException: For input string: "${text}"`)
  }
  return value
}

function wholeOf(text: string, radix: number): number | bigint | null {
  const digits = /^([+-]?)([0-9a-z]{1,64})$/i.exec(text)
  if (digits === null || radix < 2 || radix > 36) return null
  if (radix === 10) return /^[+-]?\d+$/.test(text) ? parseWhole(text.replace('+', '')) : null
  const value = Number.parseInt(text, radix)
  // Reading stops at the first character that is no digit of the radix: reading back shows it.
  const same = value.toString(radix).replace('-', '') === digits[2]?.toLowerCase().replace(/^0+(?=.)/, '')
  return same ? value + 0 : null
}

function parseDouble(text: string): JavaNumber {
  const trimmed = text.trim()
  if (!/^[+-]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?)$/.test(trimmed)) {
    throw new MethodFault(`NumberFormatException: For input string: "${text}"`)
  }
  return toJavaDouble(Number(trimmed.replace(/[dDfF]$/, '')))
}
