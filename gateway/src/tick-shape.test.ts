// That the tick which is kept looks like every other, after a full collection too.
import { createHook } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext, runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { keepTickShape } from './tick-shape.ts'

setFlagsFromString('--expose-gc')
setFlagsFromString('--allow-natives-syntax')
const collectAll = runInNewContext('gc') as () => void
const haveSameMap = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
  one: object,
  other: object,
) => boolean

/** Like the product's own, but anew each time. */
function aTick(): object | undefined {
  let tick: object | undefined
  const hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'TickObject') tick = resource
    },
    trackPromises: false,
  }).enable()
  process.nextTick(() => {})
  hook.disable()
  return tick
}

test('a tick after a full collection has the shape of the one that is kept', async () => {
  const kept = keepTickShape()
  await new Promise((resolve) => setTimeout(resolve, 5))
  collectAll()
  const tick = aTick()
  expect(tick).not.toBe(kept)
  expect(haveSameMap(kept ?? {}, tick ?? {})).toBe(true)
})

test('one tick is kept, however often it is asked for', () => {
  expect(keepTickShape()).toBe(keepTickShape())
})
