// That objects are young again in code whose objects once stayed: in a process of its own, since V8 decides for a whole process.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const module = new URL('young-requests.ts', import.meta.url).href

/** The young generation has its full size at once; then objects from one place stay, and after them others do not. */
function lastIsYoung(first: string): string {
  const program = `
    ${first}
    const make = (value) => ({ value, list: [] })
    const kept = []
    for (let index = 0; index < 400_000; index++) kept.push(make(index))
    kept.length = 0
    for (let index = 0; index < 200_000; index++) make(index)
    process.stdout.write(String(%InYoungGeneration(make(0))))`
  const flags = ['--max-semi-space-size=1', '--allow-natives-syntax', '--input-type=module']
  return spawnSync(process.execPath, [...flags, '--eval', program], { encoding: 'utf8' }).stdout
}

test('an object is young, though others from the same place stayed', () => {
  expect(lastIsYoung(`(await import('${module}')).keepRequestsYoung()`)).toBe('true')
})

test('V8 by itself still makes it old, so that the setting is worth keeping', () => {
  expect(lastIsYoung('')).toBe('false')
})
