// `createGateway` in a test of one's own: ready at once, without a port, with a clock to move.
import { APIGatewayClient, CreateRestApiCommand } from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { expect, test } from 'vitest'

test('is ready to answer in a moment, ten times over', async () => {
  const timesMs: number[] = []
  for (let run = 0; run < 10; run++) {
    const started = performance.now()
    const gateway = createGateway()
    const answer = await gateway.invoke('http://localhost/_sluice/health')
    timesMs.push(performance.now() - started)
    expect(answer.status).toBe(200)
    await gateway.close()
  }
  // The promise is 50 ms; a machine that is busy with other tests is given five times that, for the middle one.
  timesMs.sort((a, b) => a - b)
  expect(timesMs[0]).toBeLessThan(50)
  expect(timesMs[5]).toBeLessThan(250)
})

test('two gateways know nothing of each other', async () => {
  const [one, other] = [createGateway(), createGateway()]
  const { id } = await new APIGatewayClient(one.clientConfig).send(new CreateRestApiCommand({ name: 'only here' }))
  const list = async (gateway: typeof one): Promise<string> =>
    (await gateway.invoke('http://localhost/restapis')).text()
  expect(await list(one)).toContain(`"${id}"`)
  expect(await list(other)).not.toContain(`"${id}"`)
  await Promise.all([one.close(), other.close()])
})

test('time stands still until it is moved', async () => {
  const startAtMs = Date.UTC(2030, 0, 1)
  const gateway = createGateway({ startAtMs })
  const rest = new APIGatewayClient(gateway.clientConfig)
  const first = await rest.send(new CreateRestApiCommand({ name: 'first' }))
  expect(first.createdDate).toEqual(new Date(startAtMs))
  gateway.clock.advance(60_000)
  const second = await rest.send(new CreateRestApiCommand({ name: 'second' }))
  expect(second.createdDate).toEqual(new Date(startAtMs + 60_000))
  await gateway.close()
})

test('deploys a document from a file', async () => {
  const gateway = createGateway()
  const { apiId, routes } = await gateway.deploy(new URL('../../examples/petstore.yaml', import.meta.url).pathname)
  expect(routes).toContain('GET /pets/{petId}')
  const pet = await gateway.invoke(`http://${apiId}.execute-api.localhost/dev/pets/1`)
  expect(await pet.json()).toEqual({ id: 1, type: 'dog', price: 249.99 })
  await gateway.close()
})
