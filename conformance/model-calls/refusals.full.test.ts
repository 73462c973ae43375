// The same for longer, and for every service that is served.
import { afterAll, beforeAll, test } from 'vitest'
import type { ModelName } from '../../gateway/src/services/models.ts'
import { openPlace, type Place } from './place.ts'
import { checkRefusals } from './refused-calls.ts'

const services: readonly ModelName[] = [
  'apigateway',
  'apigatewayv2',
  'lambda',
  'iam',
  'sts',
  'logs',
  'cloudwatch',
  'cognito-identity',
  'xray',
  'acm',
]

let place: Place

beforeAll(async () => {
  place = await openPlace()
})

afterAll(() => place.close())

test.for(services)('%s: a refused call is told in AWS’s form and changes nothing', { timeout: 180_000 }, (service) =>
  checkRefusals(place, service, { milliseconds: service === 'apigateway' ? 60_000 : 20_000, calls: 100_000 }),
)
