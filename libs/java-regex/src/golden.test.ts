// Replays the answers of java.util.regex (Java 17), recorded in ../golden by ../oracle/Oracle.java.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileRegex, RegexFault } from './index.ts'
import type { JavaRegex } from './index.ts'

const folder = new URL('../golden/', import.meta.url)

interface Case {
  readonly pattern: string
  readonly line: string
  readonly answer: string
}

function casesOf(file: string): Case[] {
  const cases: Case[] = []
  let pattern = ''
  let line = ''
  for (const next of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    if (next.startsWith('  ')) cases.push({ pattern, line, answer: next.slice(2) })
    else line = next
    if (!next.startsWith('pattern ')) continue
    const source = next.slice('pattern '.length)
    pattern = /^"(?:[^"\\]|\\.)*"$/.test(source) ? (JSON.parse(source) as string) : source
  }
  return cases
}

function answerOf({ pattern, line }: Case): string {
  try {
    return perform(compileRegex(pattern), line)
  } catch (fault) {
    if (!(fault instanceof RegexFault)) throw fault
    return line.startsWith('pattern ') ? `refused ${fault.index} ${fault.description}` : `refused ${fault.description}`
  }
}

function perform(regex: JavaRegex, line: string): string {
  const [operation] = line.split(' ', 1)
  const [subject = '', replacement = ''] = [...line.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(
    ([text]) => JSON.parse(text) as string,
  )
  switch (operation) {
    case 'matches':
      return String(regex.matches(subject))
    case 'find':
      return String(regex.find(subject))
    case 'replaceAll':
      return JSON.stringify(regex.replaceAll(subject, replacement))
    case 'replaceFirst':
      return JSON.stringify(regex.replaceFirst(subject, replacement))
    case 'split':
      return JSON.stringify(regex.split(subject, Number(/-?\d+$/.exec(line)?.[0])))
    default:
      return 'compiled'
  }
}

// Java's runner escapes everything beyond ASCII.
const normal = (answer: string): unknown => (/^["[]/.test(answer) ? JSON.parse(answer) : answer)

describe.each(readdirSync(folder))('as Java: %s', (file) => {
  test.each(casesOf(file))('$pattern: $line', (recorded) => {
    expect(normal(answerOf(recorded))).toEqual(normal(recorded.answer))
  })
})
