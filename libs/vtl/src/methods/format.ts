// java.util.Formatter, as far as templates need it: %s %d %x %X %o %f %e %c %b %h %n %% with flags, width and precision.
import type { Meter } from '../budget.ts'
import { javaHashCode } from '../equality.ts'
import { MethodFault } from '../faults.ts'
import { numberText } from '../numbers.ts'
import { textOf } from '../print.ts'
import { isDouble, isJavaInt, isJavaNumber, toNumber, type JavaNumber, type Value } from '../values.ts'

/** A format specifier. Each part is bounded, because zeros can be flags or digits, and a long run of them would be tried in every split. */
const specifier = /%(?:(\d{1,9})\$)?([-#+ 0,(]{0,7})(\d{1,9})?(?:\.(\d{1,9}))?([a-zA-Z%])/g
const maxWidth = 1_000

/**
 * Formats values; with `null` for the list, each is null. Throws `MethodFault` for a specifier that is unknown or does not
 * fit its value.
 */
export function formatText(format: string, values: readonly Value[] | null, meter: Meter): string {
  let next = 0
  const text = format.replaceAll(specifier, (_all, ...groups: (string | undefined)[]) => {
    const [position, flags = '', width, precision, conversion = ''] = groups
    meter.spend(1)
    if (conversion === 'n') return '\n'
    if (conversion === '%') return pad('%', flags, Number(width ?? 0))
    const index = position === undefined ? next++ : Number(position) - 1
    if (values !== null && index >= values.length)
      throw new MethodFault(`MissingFormatArgumentException: Format specifier '%${conversion}'`)
    const value = values?.[index]
    const digits = precision === undefined ? undefined : Math.min(Number(precision), 100)
    const padding = value === null || value === undefined ? flags.replace('0', '') : flags
    return pad(convert(conversion, value, { digits, flags, meter }), padding, Number(width ?? 0))
  })
  meter.spendText(text.length)
  return text
}

interface Conversion {
  readonly digits: number | undefined
  readonly flags: string
  readonly meter: Meter
}

const conversions: ReadonlyMap<string, (value: Value, conversion: Conversion) => string> = new Map([
  ['s', (value, { digits, meter }) => (textOf(value, meter) ?? 'null').slice(0, digits)],
  ['h', (value, { meter }) => unsignedText(javaHashCode(value, meter), 16)],
  ['c', (value) => character(value)],
  ['b', (value) => String(typeof value === 'boolean' ? value : value !== null && value !== undefined)],
  ['d', (value, { flags }) => signed(numberText(whole(value)), flags)],
  ['x', (value) => unsignedText(whole(value), 16)],
  ['o', (value) => unsignedText(whole(value), 8)],
  ['f', (value, { digits, flags }) => signed(toNumber(double(value)).toFixed(digits ?? 6), flags)],
  [
    'e',
    (value, { digits }) =>
      toNumber(double(value))
        .toExponential(digits ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2'),
  ],
])

function convert(name: string, value: Value, conversion: Conversion): string {
  const run = conversions.get(name) ?? conversions.get(name.toLowerCase())
  if (run === undefined || (name !== name.toLowerCase() && !'SXCBEH'.includes(name))) {
    throw new MethodFault(`UnknownFormatConversionException: Conversion = '${name}'`)
  }
  // Java prints null for any conversion, and cuts even this text to the precision.
  const isNull = (value ?? null) === null && run !== conversions.get('b')
  const text = isNull ? 'null'.slice(0, conversion.digits) : run(value, conversion)
  return name === name.toLowerCase() ? text : text.toUpperCase()
}

/** A code point, or a text of one character, as which a Character is kept. */
function character(value: Value): string {
  if (isJavaInt(value) && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value)
  if (typeof value === 'string' && value.length === 1) return value
  throw new MethodFault('IllegalFormatConversionException: not a character')
}

function whole(value: Value): JavaNumber {
  if (isJavaNumber(value) && !isDouble(value)) return value
  throw new MethodFault('IllegalFormatConversionException: not a whole number')
}

function double(value: Value): JavaNumber {
  if (isJavaNumber(value) && isDouble(value)) return value
  throw new MethodFault('IllegalFormatConversionException: not a Double')
}

/** A whole number in a radix, negative ones as two's complement: of 32 bits if they fit and `bits` is absent. */
export function unsignedText(value: JavaNumber, radix: number, bits?: number): string {
  const number = BigInt(numberText(value))
  if (number >= 0n) return number.toString(radix)
  return BigInt.asUintN(bits ?? (number >= -(2n ** 31n) ? 32 : 64), number).toString(radix)
}

function signed(text: string, flags: string): string {
  const grouped = flags.includes(',')
    ? text.replace(/^(-?)(\d+)/, (_all, sign: string, digits: string) => sign + group(digits))
    : text
  if (text.startsWith('-')) return flags.includes('(') ? `(${grouped.slice(1)})` : grouped
  return (/[+ ]/.exec(flags)?.[0] ?? '') + grouped
}

function group(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

function pad(text: string, flags: string, width: number): string {
  const bounded = Math.min(width, maxWidth)
  if (flags.includes('-')) return text.padEnd(bounded)
  if (!flags.includes('0')) return text.padStart(bounded)
  const sign = /^[-+ (]?/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(bounded - sign.length, '0')
}
