// Checks the formats of access logs when a stage gets one, in the words that both API Gateway services share.
import { isLogVariable, variablesIn, type LoggedKind } from '../nouns/log-variables.ts'

const longestFormatBytes = 3 * 1024
const requestIds: readonly string[] = ['requestId', 'extendedRequestId']

/** The sentence that refuses a format; undefined for a good one. Security F.7. */
export function logFormatProblem(kind: LoggedKind, format: string): string | undefined {
  // AWS: a line break at the end is allowed, and one inside is answered with the whole format.
  if (/[\r\n]/.test(format.replace(/\r?\n$/, ''))) {
    return `Access Log format must be single line, new line character is allowed only at end of the format: '${format}'`
  }
  // (?) The limit is AWS's, the words are ours.
  if (format === '' || Buffer.byteLength(format) > longestFormatBytes) {
    return `Access Log format must have 1 to ${longestFormatBytes} bytes`
  }
  const named = variablesIn(format, (name) => isLogVariable(kind, name))
  // AWS: HTTP and WebSocket APIs are answered so, as stacks that failed show (serverless/serverless issues 7016 and 7038,
  // sst issue 2587). (?) Of REST APIs nobody has shown an answer; a name that AWS documents nowhere is refused alike.
  const unknown = new Set(named.filter(({ isKnown }) => !isKnown).map(({ name }) => `$context.${name}`))
  if (unknown.size > 0) return `The following context variables are not supported: [${[...unknown].join(', ')}]`
  if (!named.some(({ name }) => requestIds.includes(name))) {
    const must = 'Access Log format must include either $context.requestId or $context.extendedRequestId'
    // AWS: HTTP and WebSocket APIs say more, as stacks that failed show.
    return kind === 'REST' ? must : `The following errors are found in Access Log Format: ${must} : '${format}'`
  }
  return undefined
}
