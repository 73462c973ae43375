// Replays the answers of Jayway JsonPath 2.9.0, recorded in ../golden by ../oracle/Oracle.java.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compilePath, PathFault } from './index.ts'

const folder = new URL('../golden/', import.meta.url)
const compileRegex = (pattern: string): { matches(subject: string): boolean } => {
  const [, flags, source] = /^(?:\(\?([a-z]+)\))?(.*)$/s.exec(pattern) ?? []
  const expression = new RegExp(`^(?:${source})$`, flags)
  return { matches: (subject) => expression.test(subject) }
}

interface Case {
  readonly path: string
  readonly document: string
  readonly answer: string
}

function casesOf(file: string): Case[] {
  const cases: Case[] = []
  let document = ''
  let path = ''
  for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    if (line.startsWith('document ')) document = line.slice('document '.length)
    else if (line.startsWith('  ')) cases.push({ path, document, answer: line.slice(2) })
    else path = line
  }
  return cases
}

function answerOf({ path, document }: Case): string {
  try {
    const compiled = compilePath(path, { compileRegex })
    const result = compiled.read(JSON.parse(document))
    return result === undefined ? 'missing' : `${compiled.definite ? 'value' : 'list'} ${JSON.stringify(result)}`
  } catch (fault) {
    if (fault instanceof PathFault) return 'refused'
    throw fault
  }
}

// The recorded numbers keep Java's spelling (6.0), and Java's objects their order.
function normal(answer: string): unknown {
  const [, kind, json] = /^(value|list) (.*)$/s.exec(answer) ?? []
  return json === undefined ? answer : [kind, JSON.parse(json)]
}

describe.each(readdirSync(folder).filter((file) => file !== 'refused.txt'))('as Jayway: %s', (file) => {
  test.each(casesOf(file))('$path', (recorded) => {
    expect(normal(answerOf(recorded))).toEqual(normal(recorded.answer))
  })
})

test.each(casesOf('refused.txt'))('refuses what only slips through in Jayway: $path', (recorded) => {
  expect(answerOf(recorded)).toBe('refused')
})
