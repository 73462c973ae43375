// A control-plane call through the codec: match, decode, validate and encode of PutIntegration.
import type { Bench } from 'tinybench'
import { decode, encode, validate, type WireRequest } from '@sluice/aws-protocol'
import { modelOf } from '../../gateway/src/services/models.ts'

const service = modelOf('apigateway')
const request: WireRequest = {
  method: 'PUT',
  path: '/restapis/abc123defg/resources/xyz789/methods/GET/integration',
  query: '',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(
    JSON.stringify({
      type: 'HTTP',
      httpMethod: 'POST',
      uri: 'https://backend.example/pets/{id}',
      requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
      requestTemplates: { 'application/json': '{"id": "$input.params(\'id\')"}' },
    }),
  ),
}

export function addCodec(bench: Bench): void {
  bench.add('codec: match, decode and validate PutIntegration', () => {
    const match = service.match(request)
    if (match !== undefined) validate(match, decode(match, request))
  })
  const match = service.match(request)
  const output = { type: 'HTTP', httpMethod: 'POST', uri: 'https://backend.example/pets/{id}', timeoutInMillis: 29_000 }
  bench.add('codec: encode its answer', () => {
    if (match !== undefined) encode(match, output, { requestId: '6f1e6f86' })
  })
}
