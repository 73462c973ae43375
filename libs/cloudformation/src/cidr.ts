// `Fn::Cidr`: blocks of IPv4 addresses cut from a larger one.

/** `count` blocks of `hostBits` bits within `block` (`10.0.0.0/16`); `undefined` when they do not fit or the input is malformed. */
export function cidrBlocks(block: string, count: number, hostBits: number): readonly string[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block)
  if (match === null) return undefined
  const numbers = match.slice(1).map(Number)
  const bytes = numbers.slice(0, 4)
  const prefix = numbers[4] ?? 0
  const whole = Number.isInteger(count) && Number.isInteger(hostBits)
  if (!whole || count < 1 || count > 256 || hostBits < 1 || hostBits > 31) return undefined
  if (bytes.some((byte) => byte > 255) || prefix > 32 || count * 2 ** hostBits > 2 ** (32 - prefix)) return undefined
  const size = 2 ** (32 - prefix)
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const start = address - (address % size)
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * 2 ** hostBits
    const dotted = [24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256).join('.')
    return `${dotted}/${32 - hostBits}`
  })
}
