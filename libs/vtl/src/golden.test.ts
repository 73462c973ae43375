// Replays what Apache Velocity 1.7 answered: golden/*.txt, a template above each `----`, its output below.
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileTemplate } from './compile.ts'
import { TemplateFault } from './faults.ts'
import { listOf, toJavaDouble, type Value } from './values.ts'

const golden = new URL('../golden/', import.meta.url)
const contextText = readFileSync(new URL('context.json', golden), 'utf8')
const faultMark = '!! fault'

interface GoldenCase {
  readonly title: string
  readonly template: string
  readonly output: string
}

function casesOf(file: string): GoldenCase[] {
  const text = readFileSync(new URL(file, golden), 'utf8')
  const cases = text.split(/^==== /m).slice(1)
  return cases.map((part) => {
    const titleEnd = part.indexOf('\n')
    const templateEnd = part.lastIndexOf('\n----\n')
    return {
      title: part.slice(0, titleEnd),
      template: templateEnd <= titleEnd ? '' : part.slice(titleEnd + 1, templateEnd),
      output: part.slice(templateEnd + 6, -1),
    }
  })
}

/** The variables as the oracle has them: ArrayList, LinkedHashMap, Integer, Long and Double. */
function context(): Map<string, Value> {
  const parsed: unknown = JSON.parse(contextText, (_key, value: unknown, info?: { source: string }) =>
    typeof value === 'number' ? numberOf(value, info?.source ?? '') : value,
  )
  return javaValue(parsed) as Map<string, Value>
}

function numberOf(value: number, source: string): Value {
  if (/[.e]/.test(source)) return toJavaDouble(value)
  return Number.isSafeInteger(value) ? value : BigInt(source)
}

function javaValue(value: unknown): Value {
  if (Array.isArray(value)) return listOf(value.map(javaValue))
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value as Value
  return new Map(Object.entries(value).map(([key, member]) => [key, javaValue(member)]))
}

function render(template: string): string {
  try {
    return compileTemplate(template).render(context())
  } catch (fault) {
    if (fault instanceof TemplateFault) return faultMark
    throw fault
  }
}

const files = readdirSync(golden).filter((file) => file.endsWith('.txt'))

describe.each(files)('answers as Velocity 1.7 does: %s', (file) => {
  test.each(casesOf(file))('$title', ({ template, output }) => {
    expect(render(template)).toBe(output)
  })
})
