// Integrations of REST APIs over a VPC link: where the configuration says that its load balancer leads. REST 3.9.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import { stageOf } from './stage.ts'

const target = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/lb/1/2'
const balancer = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/lb/1'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => backend.answer({}))
afterAll(() => backend.close())

const kinds = [
  ['HTTP', target],
  ['HTTP_PROXY', target],
  ['HTTP', undefined],
  ['HTTP_PROXY', undefined],
] as const

test.each(kinds)(
  '%s: the URI says host and path, the URL of the target (%s) or of the link’s own where they go',
  async (type, integrationTarget) => {
    const leads = [`http://${backend.authority}`]
    const call = stageOf({
      linkTarget: balancer,
      backends: new Map([integrationTarget === undefined ? [balancer, leads] : [target, leads]]),
      method: {
        methodResponses: { '200': {} },
        methodIntegration: {
          type,
          httpMethod: 'GET',
          uri: 'http://pets.internal/v1',
          connectionType: 'VPC_LINK',
          connectionId: 'l1',
          integrationTarget,
          integrationResponses: { '200': { statusCode: '200' } },
        },
      },
    })
    expect((await call()).status).toBe(200)
    const { url, headers } = backend.seen()
    const host = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
    expect([url, headers[host + 1]]).toEqual(['/v1', 'pets.internal'])
  },
)

test('a link whose load balancer the configuration does not know leads to the URI’s own host', async () => {
  const call = stageOf({
    linkTarget: balancer,
    backends: new Map([[target, ['http://127.0.0.1:1']]]),
    method: {
      methodIntegration: {
        type: 'HTTP_PROXY',
        httpMethod: 'GET',
        uri: `http://${backend.authority}/own`,
        connectionType: 'VPC_LINK',
        connectionId: 'l1',
      },
    },
  })
  expect((await call()).status).toBe(200)
  expect(backend.seen().url).toBe('/own')
})
