// docs/lifecycle.md against the plans: its lists are theirs, and it explains every step and names real faults.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gatewayResponses } from '../nouns/faults.ts'
import { httpLists, refreshLifecycle, restLists, webSocketLists } from './lifecycle.ts'

const file = join(import.meta.dirname, '../../../docs/lifecycle.md')
const page = readFileSync(file, 'utf8')

/** The rows of the table below a heading: cells without their blanks. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n${heading}\n`)
  const [table = ''] = section.split(/\n##+ /, 1)
  const lines = table.split('\n').filter((line) => line.startsWith('| `'))
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

const stepsOf = (lists: Awaited<ReturnType<typeof restLists>>): string[] =>
  [...new Set(lists.flatMap(({ steps }) => steps))].sort()

test('the lists of docs/lifecycle.md are the lists of the plans ("npm run generate" writes them)', async () => {
  expect(page).toBe(await refreshLifecycle(page))
})

test('a page without its marks is refused, not left as it is', async () => {
  await expect(refreshLifecycle('# The life of a request\n')).rejects.toThrow('<!-- steps: REST -->')
})

describe.each([
  ['REST', '### Steps of a REST API', await restLists()],
  ['HTTP', '### Steps of an HTTP API', await httpLists()],
  ['WebSocket', '### Steps of a WebSocket API', webSocketLists()],
] as const)('%s APIs', (_name, heading, lists) => {
  test('every step of a list is explained, and nothing that is no step', () => {
    const explained = rowsBelow(heading).map(([name = '']) => name.replaceAll('`', ''))
    expect(explained.toSorted()).toEqual(stepsOf(lists))
  })
})

test('the faults of REST steps are gateway response types', () => {
  const named = rowsBelow('### Steps of a REST API').flatMap(
    ([, , , faults = '']) => faults.match(/[A-Z][A-Z0-9_]{5,}/g) ?? [],
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((type) => !Object.hasOwn(gatewayResponses, type))).toEqual([])
})
