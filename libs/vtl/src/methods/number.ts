// Java's methods on numbers. Static ones such as `$n.parseInt("5")` belong to the type of the number.
import { MethodFault } from '../faults.ts'
import { compareNumbers, narrow, numberText, numberType, parseWhole, type NumberType } from '../numbers.ts'
import { isDouble, isJavaNumber, toJavaDouble, toNumber, type JavaNumber } from '../values.ts'
import { unsignedText } from './format.ts'
import { defineObjectMethods, refuseComparison } from './object.ts'
import { methodTable, type Define, type MethodTable } from './table.ts'

/** The methods of each type of number: those that all types have, and the type's own static ones. */
export const numberMethods: Readonly<Record<NumberType, MethodTable<JavaNumber>>> = {
  Integer: methodTable((define) => {
    defineConversions(define)
    defineIntegerStatic(define)
  }),
  Long: methodTable((define) => {
    defineConversions(define)
    defineLongStatic(define)
  }),
  BigInteger: methodTable(defineConversions),
  Double: methodTable((define) => {
    defineConversions(define)
    defineDoubleStatic(define)
  }),
}

function defineConversions(define: Define<JavaNumber>): void {
  defineObjectMethods(define)
  define('intValue', '', (number) => toWhole(number, 32))
  define('longValue', '', (number) => toWhole(number, 64))
  define('shortValue', '', (number) => Number(BigInt.asIntN(16, BigInt(toWhole(number, 32)))))
  define('byteValue', '', (number) => Number(BigInt.asIntN(8, BigInt(toWhole(number, 32)))))
  define('doubleValue', '', (number) => toJavaDouble(toNumber(number)))
  define('floatValue', '', (number) => toJavaDouble(shortestFloat(toNumber(number))))
  define('compareTo', 'o', (number, [other]) => {
    if (other === null || other === undefined) throw new MethodFault('NullPointerException')
    if (!isJavaNumber(other) || numberType(number) !== numberType(other)) return refuseComparison()
    return order(number, other)
  })
}

function defineIntegerStatic(define: Define<JavaNumber>): void {
  define('parseInt', 's', (_number, [text]) => parse(text, 10, 32))
  define('parseInt', 'si', (_number, [text, radix]) => parse(text, radix, 32))
  define('valueOf', 's', (_number, [text]) => parse(text, 10, 32))
  define('valueOf', 'si', (_number, [text, radix]) => parse(text, radix, 32))
  define('valueOf', 'i', (_number, [value]) => value)
  define('toString', 'i', (_number, [value]) => numberText(value))
  define('toString', 'ii', (_number, [value, radix]) => value.toString(radix >= 2 && radix <= 36 ? radix : 10))
  define('toHexString', 'i', (_number, [value]) => unsignedText(value, 16))
  define('toOctalString', 'i', (_number, [value]) => unsignedText(value, 8))
  define('toBinaryString', 'i', (_number, [value]) => unsignedText(value, 2))
  define('compare', 'ii', (_number, [left, right]) => order(left, right))
  define('max', 'ii', (_number, [left, right]) => Math.max(left, right))
  define('min', 'ii', (_number, [left, right]) => Math.min(left, right))
  define('sum', 'ii', (_number, [left, right]) => (left + right) | 0)
  define('signum', 'i', (_number, [value]) => Math.sign(value))
}

function defineLongStatic(define: Define<JavaNumber>): void {
  define('parseLong', 's', (_number, [text]) => parse(text, 10, 64))
  define('parseLong', 'si', (_number, [text, radix]) => parse(text, radix, 64))
  define('valueOf', 's', (_number, [text]) => parse(text, 10, 64))
  define('valueOf', 'si', (_number, [text, radix]) => parse(text, radix, 64))
  define('valueOf', 'l', (_number, [value]) => value)
  define('toString', 'l', (_number, [value]) => numberText(value))
  define('toString', 'li', (_number, [value, radix]) => value.toString(radix >= 2 && radix <= 36 ? radix : 10))
  define('toHexString', 'l', (_number, [value]) => unsignedText(value, 16, 64))
  define('toOctalString', 'l', (_number, [value]) => unsignedText(value, 8, 64))
  define('toBinaryString', 'l', (_number, [value]) => unsignedText(value, 2, 64))
  define('compare', 'll', (_number, [left, right]) => order(left, right))
  define('max', 'll', (_number, [left, right]) => (left >= right ? left : right))
  define('min', 'll', (_number, [left, right]) => (left <= right ? left : right))
  define('sum', 'll', (_number, [left, right]) => narrow(BigInt.asIntN(64, BigInt(left) + BigInt(right))))
  define('signum', 'l', (_number, [value]) => order(value, 0))
}

function defineDoubleStatic(define: Define<JavaNumber>): void {
  define('parseDouble', 's', (_number, [text]) => parseDouble(text))
  define('valueOf', 's', (_number, [text]) => parseDouble(text))
  define('valueOf', 'd', (_number, [value]) => toJavaDouble(value))
  define('toString', 'd', (_number, [value]) => numberText(toJavaDouble(value)))
  define('compare', 'dd', (_number, [left, right]) => order(toJavaDouble(left), toJavaDouble(right)))
  define('max', 'dd', (_number, [left, right]) => toJavaDouble(Math.max(left, right)))
  define('min', 'dd', (_number, [left, right]) => toJavaDouble(Math.min(left, right)))
  define('sum', 'dd', (_number, [left, right]) => toJavaDouble(left + right))
  define('isNaN', '', (number) => Number.isNaN(toNumber(number)))
  define('isNaN', 'd', (_number, [value]) => Number.isNaN(value))
  define('isInfinite', '', (number) => Math.abs(toNumber(number)) === Infinity)
  define('isInfinite', 'd', (_number, [value]) => Math.abs(value) === Infinity)
  define('isFinite', 'd', (_number, [value]) => Number.isFinite(value))
}

/** Compares in Java's order: NaN comes last and equals itself, -0.0 comes before 0.0. */
function order(left: JavaNumber, right: JavaNumber): number {
  const compared = compareNumbers(left, right)
  if (compared !== 0 && !Number.isNaN(compared)) return compared
  const [leftValue, rightValue] = [toNumber(left), toNumber(right)]
  if (Number.isNaN(leftValue) || Number.isNaN(rightValue)) {
    return Number(Number.isNaN(leftValue)) - Number(Number.isNaN(rightValue))
  }
  return Number(Object.is(rightValue, -0)) - Number(Object.is(leftValue, -0))
}

/** The Double that prints as the Float nearest to a value does. */
function shortestFloat(value: number): number {
  const float = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(float.toPrecision(digits))
    if (Math.fround(shorter) === float) return shorter
  }
  return float
}

/** Converts a number to a whole one of 32 or 64 bits: a Double is truncated and kept within the bounds, a whole number wraps around. */
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
