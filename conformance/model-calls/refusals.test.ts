// Calls made from the model of the REST control plane, wrong in one place or more: refused in AWS's form, and without a trace.
import { afterAll, beforeAll, test } from 'vitest'
import { openPlace, type Place } from './place.ts'
import { checkRefusals } from './refused-calls.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
})

afterAll(() => place.close())

test('a refused call of the REST control plane is told in AWS’s form and changes nothing', { timeout: 60_000 }, () =>
  checkRefusals(place, 'apigateway', { milliseconds: 10_000, calls: 20_000 }),
)
