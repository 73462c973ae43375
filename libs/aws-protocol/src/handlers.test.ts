// The types: what must not compile, checked by the compiler; and that the generated files are those of the models.
import { expect, test } from 'vitest'
import { ServiceFault } from './fault.ts'
import { ConflictException } from './generated/apigateway.ts'
import type { Operations, RestApi } from './generated/apigateway.ts'
import { NoSuchEntityException } from './generated/iam.ts'
import type { Handlers } from './handlers.ts'

interface Call {
  readonly account: string
}

test('handlers are typed by their operations', async () => {
  const handlers: Handlers<Operations, 'GetRestApi' | 'DeleteRestApi', Call> = {
    GetRestApi: (input, call): RestApi => ({ id: input.restApiId, name: call.account }),
    DeleteRestApi: async () => {},
  }
  expect(await handlers.GetRestApi({ restApiId: 'a' }, { account: 'b' })).toEqual({ id: 'a', name: 'b' })

  // @ts-expect-error -- DeleteRestApi is missing
  const missing: Handlers<Operations, 'GetRestApi' | 'DeleteRestApi', Call> = { GetRestApi: handlers.GetRestApi }
  // @ts-expect-error -- an id is a string
  const wrong: Handlers<Operations, 'GetRestApi', Call> = { GetRestApi: () => ({ id: 1 }) }
  expect([missing, wrong]).toHaveLength(2)
})

test('faults carry the model’s status, code and name', () => {
  const conflict = new ConflictException('no')
  expect(conflict).toBeInstanceOf(ServiceFault)
  expect(conflict).toMatchObject({
    name: 'ConflictException',
    code: 'ConflictException',
    status: 409,
    senderFault: true,
  })
  expect(new NoSuchEntityException('no')).toMatchObject({
    code: 'NoSuchEntity',
    shape: 'NoSuchEntityException',
    status: 404,
  })
})
