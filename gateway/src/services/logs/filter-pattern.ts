// Filter patterns of FilterLogEvents: terms, JSON conditions, and columns. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
import { compileColumns } from './column-filter.ts'
import { invalidPattern, regexTest, type MessageFilter } from './filter-condition.ts'
import { compileJsonFilter } from './json-filter.ts'

/** Throws InvalidParameterException for a pattern that cannot be read. */
export function compileFilter(pattern: string): MessageFilter {
  const text = pattern.trim()
  if (text === '') return () => true
  if (text.startsWith('{')) return compileJsonFilter(text)
  return text.startsWith('[') ? compileColumns(text) : compileTerms(text)
}

/** `?a` any of these, `-a` none of these, `a` all of these; quoted where there are blanks. */
const term = /([?-]?)(?:"((?:[^"\\]|\\[^])*)"|%([^%]+)%|([^\s"%]+))(?=\s|$)/y

function compileTerms(text: string): MessageFilter {
  const all: MessageFilter[] = []
  const any: MessageFilter[] = []
  const none: MessageFilter[] = []
  for (let at = 0; at < text.length;) {
    term.lastIndex = at
    const [whole, sign, quoted, regex, plain = ''] = term.exec(text) ?? []
    if (whole === undefined) throw invalidPattern(`a term cannot be read at character ${at + 1}`)
    const wanted = quoted === undefined ? plain : quoted.replace(/\\([^])/g, '$1')
    const test = regex === undefined ? (message: string): boolean => message.includes(wanted) : regexTest(regex)
    if (sign === '?') any.push(test)
    else if (sign === '-') none.push(test)
    else all.push(test)
    at += whole.length
    while (/\s/.test(text.charAt(at))) at++
  }
  // AWS: beside other terms, those with a question mark do not count.
  const isChoice = any.length > 0 && all.length === 0 && none.length === 0
  return (message) =>
    isChoice
      ? any.some((test) => test(message))
      : all.every((test) => test(message)) && !none.some((test) => test(message))
}
