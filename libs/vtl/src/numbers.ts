// Java's arithmetic as Velocity does it: whole numbers widen instead of overflowing, any Double makes a Double.
import { BudgetFault, MethodFault } from './faults.ts'
import { Double, isDouble, isJavaInt, toJavaDouble, toNumber, type JavaNumber, type Value } from './values.ts'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

const smallestLong = -(2n ** 63n)
const largestLong = 2n ** 63n - 1n
const maxBits = 16_384n

/** The result of `left operator right`; null for a division by zero, as in Velocity 1.7. */
export function arithmetic(operator: ArithmeticOperator, left: JavaNumber, right: JavaNumber): Value {
  if ((operator === '/' || operator === '%') && toNumber(right) === 0) return null
  if (isDouble(left) || isDouble(right)) return toJavaDouble(compute(operator, toNumber(left), toNumber(right)))
  if (typeof left === 'number' && typeof right === 'number') {
    const result = computeWhole(operator, left, right)
    if (Number.isSafeInteger(result)) return result
  }
  return computeBig(operator, BigInt(toWhole(left)), BigInt(toWhole(right)))
}

function toWhole(value: JavaNumber): number | bigint {
  return value instanceof Double ? value.value : value
}

function compute(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
  }
}

function computeWhole(operator: ArithmeticOperator, left: number, right: number): number {
  // Taking the remainder off first keeps the quotient exact; `+ 0` turns -0 into 0.
  return operator === '/' ? (left - (left % right)) / right + 0 : compute(operator, left, right) + 0
}

function computeBig(operator: ArithmeticOperator, left: bigint, right: bigint): JavaNumber {
  switch (operator) {
    case '+':
      return narrow(left + right)
    case '-':
      return narrow(left - right)
    case '*':
      if (bits(left) + bits(right) > maxBits) throw new BudgetFault('output', `${maxBits} bits a number`)
      return narrow(left * right)
    case '/':
      return narrow(left / right)
    case '%':
      return narrow(isLong(left) && isLong(right) ? left % right : modulus(left, right))
  }
}

/** BigInteger.mod: never negative, and only for a positive modulus. */
function modulus(left: bigint, right: bigint): bigint {
  if (right < 0n) throw new MethodFault('ArithmeticException: BigInteger: modulus not positive')
  const remainder = left % right
  return remainder < 0n ? remainder + right : remainder
}

function bits(value: bigint): bigint {
  return BigInt(value.toString(16).length) * 4n
}

function isLong(value: bigint): boolean {
  return value >= smallestLong && value <= largestLong
}

/** A whole number in its cheapest form. */
export function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** The whole number that a text of decimal digits means. */
export function parseWhole(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : narrow(BigInt(digits))
}

/** -1, 0 or 1; NaN when one of them is not a number. */
export function compareNumbers(left: JavaNumber, right: JavaNumber): number {
  const leftValue = toWhole(left)
  const rightValue = toWhole(right)
  if (leftValue < rightValue) return -1
  if (leftValue > rightValue) return 1
  // oxlint-disable-next-line eqeqeq -- a bigint and a number of the same value are equal here
  return leftValue == rightValue ? 0 : Number.NaN
}

export type NumberType = 'Integer' | 'Long' | 'BigInteger' | 'Double'

/** The Java type of a number: the smallest that holds it. */
export function numberType(value: JavaNumber): NumberType {
  if (typeof value === 'bigint') return isLong(value) ? 'Long' : 'BigInteger'
  if (isJavaInt(value)) return 'Integer'
  return isDouble(value) ? 'Double' : 'Long'
}

/** The text of any number, as Java's toString gives it. */
export function numberText(value: JavaNumber): string {
  if (value instanceof Double) return doubleText(value.value)
  return typeof value === 'number' && !Number.isInteger(value) ? doubleText(value) : value.toString()
}

/** Double.toString: plain between 10^-3 and 10^7, else `1.0E10`; always a digit after the point. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}
