// HTTP and HTTP_PROXY with parameter mappings: what the backend sees, and what the client gets. Recorded: REST 25, 29, 30.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import type { Call } from '../fixture/plan-call.ts'
import { stageOf } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => backend.answer({}))
afterAll(() => backend.close())

type Integration = apigateway.Integration

function http(integration: Partial<Integration>, response: apigateway.IntegrationResponse = {}, variables = {}) {
  return stageOf({
    path: '/pets/{petId}',
    variables,
    method: {
      methodResponses: { '200': {} },
      methodIntegration: {
        type: 'HTTP',
        httpMethod: 'POST',
        uri: `${backend.url}/base`,
        integrationResponses: { '200': { statusCode: '200', ...response } },
        ...integration,
      },
    },
  })
}

const call: Call = { method: 'POST', path: '/pets/4%2F2' }

/** The backend's request after a call, its generated parts made plain. */
async function seenBy(integration: Partial<Integration>, sent: Partial<Call> = {}) {
  const reply = await http(integration)({ ...call, ...sent })
  expect([reply.status, reply.text]).toEqual([200, ''])
  return backend.seen()
}

function pairsOf(headers: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2) pairs[headers[index] ?? ''] = headers[index + 1] ?? ''
  return pairs
}

describe('the request that HTTP sends', () => {
  test('without mappings has the default headers only, and neither the query nor headers of the client', async () => {
    const seen = await seenBy({}, { query: 'a=1', headers: ['Accept', 'text/html', 'X-Own', '1', 'Cookie', 'c'] })
    expect([seen.method, seen.url]).toEqual(['POST', '/base'])
    const headers = pairsOf(seen.headers)
    expect(headers['X-Amzn-Trace-Id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/)
    delete headers['X-Amzn-Trace-Id']
    delete headers['Connection']
    expect(headers).toEqual({
      Accept: 'application/json',
      Host: backend.authority,
      'User-Agent': 'AmazonAPIGateway_a1b2c3d4e5',
      'X-Amzn-Apigateway-Api-Id': 'a1b2c3d4e5',
      'Content-Length': '0',
    })
  })

  test('has the body and its type where the verb takes one', async () => {
    const sent = { body: 'text', headers: ['content-type', 'text/plain; x=1'] }
    const posted = await seenBy({}, sent)
    expect([posted.body.toString(), pairsOf(posted.headers)['Content-Type']]).toEqual(['text', 'text/plain; x=1'])
    const got = await seenBy({ httpMethod: 'GET' }, sent)
    expect([got.method, got.body.length, pairsOf(got.headers)['Content-Type']]).toEqual(['GET', 0, undefined])
    expect((await seenBy({ httpMethod: 'ANY' }, { ...sent, method: 'PATCH' })).method).toBe('PATCH')
  })

  test('maps every kind of source', async () => {
    const requestParameters = {
      'integration.request.path.id': 'method.request.path.petId',
      'integration.request.querystring.last': 'method.request.querystring.q',
      'integration.request.querystring.all': 'method.request.multivaluequerystring.q',
      'integration.request.querystring.one': 'method.request.multivaluequerystring.single',
      'integration.request.querystring.name': 'method.request.body.pet.names[0]',
      'integration.request.querystring.tags': 'method.request.body.tags',
      'integration.request.header.Last': 'method.request.header.X-A',
      'integration.request.header.All': 'method.request.multivalueheader.X-A',
      'integration.request.header.Case': 'method.request.header.x-a',
      'integration.request.header.Stage': 'context.stage',
      'integration.request.header.Source': 'context.identity.sourceIp',
      'integration.request.header.Epoch': 'context.requestTimeEpoch',
      'integration.request.header.Color': 'stageVariables.color',
      'integration.request.header.Literal': "'it's'",
      'integration.request.header.None': 'method.request.header.none',
      'integration.request.header.Blank': 'method.request.querystring.blank',
      'integration.request.header.User-Agent': "'me'",
    }
    const reply = await http(
      { requestParameters, uri: `${backend.url}/base/{id}/{other}?fixed=1` },
      {},
      { color: 'red' },
    )({
      ...call,
      query: 'q=a%20b&q=c%26d&single=1&blank=',
      headers: ['X-A', 'one', 'X-A', 'two', 'X-A', 'x', 'X-A', 'three'],
      body: '{"pet":{"names":["Rex"]},"tags":["a",{"b":1}]}',
    })
    expect(reply.status).toBe(200)
    const { url, headers } = backend.seen()
    expect(url).toBe(
      '/base/4%2F2/{other}?fixed=1&last=c%26d&all=a%20b&all=c%26d&one=1&name=Rex&tags=%5B%22a%22%2C%7B%22b%22%3A1%7D%5D',
    )
    expect(pairsOf(headers)).toMatchObject({
      Last: 'three',
      All: 'one,two,x,three',
      Stage: 'prod',
      Source: '192.0.2.1',
      Color: 'red',
      Literal: "it's",
      'User-Agent': 'me',
    })
    const names = headers.filter((_, index) => index % 2 === 0)
    expect(names).not.toContain('Case')
    expect(names).not.toContain('None')
    expect(names).not.toContain('Blank')
    expect(names).not.toContain('Epoch')
  })

  test('names of headers mean the same in any case on HTTP/2', async () => {
    const requestParameters = { 'integration.request.header.Out': 'method.request.header.X-A' }
    const seen = await seenBy({ requestParameters }, { headers: ['x-a', '1'], isHttp2: true })
    expect(pairsOf(seen.headers)['Out']).toBe('1')
  })

  test.each([
    ['', '{}'],
    ['  {"a": 1} ', '{"a": 1}'],
  ])('method.request.body of %j is %s', async (body, expected) => {
    const requestParameters = { 'integration.request.querystring.b': 'method.request.body' }
    const { url } = await seenBy({ requestParameters }, { body })
    expect(new URLSearchParams(url.split('?')[1]).get('b')).toBe(expected)
  })

  test('a body source: what does not look like JSON maps nothing, what looks like it and is none is a 400', async () => {
    const requestParameters = { 'integration.request.querystring.a': 'method.request.body.a' }
    expect((await seenBy({ requestParameters }, { body: 'plain' })).url).toBe('/base')
    const reply = await http({ requestParameters })({ ...call, body: '{"a":' })
    expect([reply.status, reply.text, reply.header('x-amzn-errortype')]).toEqual([
      400,
      '{"message": "Invalid JSON in request body"}',
      'BadRequestException',
    ])
  })

  test.each(['Content-Length', 'Transfer-Encoding', 'X-Amzn-Trace-Id', 'X-Amzn-Apigateway-Api-Id'])(
    'a mapping or override to %s is a 500',
    async (name) => {
      const mapped = await http({ requestParameters: { [`integration.request.header.${name}`]: "'1'" } })(call)
      const template = `#set($context.requestOverride.header["${name}"] = "1")`
      const overridden = await http({ requestTemplates: { 'application/json': template } })(call)
      for (const reply of [mapped, overridden]) {
        expect([reply.status, reply.text, reply.bytes.length]).toEqual([
          500,
          '{"message": "Internal server error"}',
          36,
        ])
        expect(reply.header('x-amzn-errortype')).toBe('InternalServerErrorException')
        expect(reply.lines).toContain(`Execution failed due to configuration error: ${name} header already present`)
      }
    },
  )

  test('mappings to headers of one hop are lost on the way, the others arrive', async () => {
    const lost = ['Connection', 'Expect', 'Proxy-Authenticate', 'TE', 'Via']
    const sent = [
      'Authorization',
      'Content-Encoding',
      'Content-MD5',
      'Host',
      'Max-Forwards',
      'Server',
      'WWW-Authenticate',
    ]
    const requestParameters = Object.fromEntries(
      [...lost, ...sent].map((name) => [`integration.request.header.${name}`, "'mapped'"]),
    )
    const { headers } = await seenBy({ requestParameters })
    const mapped = headers.filter((_, index) => headers[index + 1] === 'mapped')
    // The client library writes `host` in lower case.
    expect(mapped.map((name) => name.toLowerCase()).toSorted()).toEqual(sent.map((name) => name.toLowerCase()))
  })

  test('overrides win over mappings; a value cannot end its header', async () => {
    const template = `#set($context.requestOverride.header.a = "over")#set($context.requestOverride.querystring["q"] = "2")#set($context.requestOverride.path.id = "9")#set($context.requestOverride.header.list = ["1", "2"])body`
    const { url, headers, body } = await seenBy(
      {
        uri: `${backend.url}/{id}`,
        requestTemplates: { 'application/json': template },
        requestParameters: {
          'integration.request.header.A': "'mapped'",
          'integration.request.querystring.q': "'1'",
          'integration.request.path.id': "'1'",
          'integration.request.header.Injected': 'method.request.querystring.evil',
        },
      },
      { query: 'evil=1%0d%0aX-Evil:%202' },
    )
    expect([url, body.toString()]).toEqual(['/9?q=2', 'body'])
    const text = headers.join('|')
    expect(text).toContain('a|over')
    expect(text).not.toContain('mapped')
    expect(text).toContain('list|1|list|2')
    expect(pairsOf(headers)['Injected']).toBe('1  X-Evil: 2')
  })

  test.each([
    ['a literal is encoded already', "'a%20b+c&d'", 'a%20b%20c%26d'],
    ['text that UTF-8 cannot carry is replaced', 'method.request.body.lone', '%EF%BF%BD'],
    ['an empty value is left out', 'method.request.body.empty', undefined],
  ])('of a query, %s', async (_case, source, expected) => {
    const requestParameters = { 'integration.request.querystring.q': source }
    const { url } = await seenBy({ requestParameters }, { body: '{"lone":"\\ud800","empty":""}' })
    expect(url).toBe(expected === undefined ? '/base' : `/base?q=${expected}`)
  })

  test('a value in the path is sent as it came, but for what no request line can carry', async () => {
    const requestParameters = { 'integration.request.path.id': 'method.request.querystring.id' }
    const { url } = await seenBy({ uri: `${backend.url}/{id}`, requestParameters }, { query: 'id=a/b%20c%23%C3%A9' })
    expect(url).toBe('/a/b%20c%23%C3%A9')
  })

  test('a value that is nested too deep for a header is a 500', async () => {
    const requestParameters = { 'integration.request.header.A': 'method.request.body.a' }
    const body = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`
    const reply = await http({ requestParameters })({ ...call, body })
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
  })

  test('a semicolon splits the query of a request', async () => {
    const requestParameters = { 'integration.request.querystring.q': 'method.request.querystring.b' }
    expect((await seenBy({ requestParameters }, { query: 'a=1;b=2' })).url).toBe('/base?q=2')
  })

  test('a URI without a host is a 500', async () => {
    const reply = await http({ uri: 'https://${stageVariables.host}' })(call)
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
    expect(reply.lines).toContain('Execution failed due to configuration error: Invalid endpoint address')
  })

  test('a backend that refuses is a 504', async () => {
    const reply = await http({ uri: 'http://127.0.0.1:1/' })(call)
    expect([reply.status, reply.text]).toEqual([504, '{"message": "Network error communicating with endpoint"}'])
  })
})

describe('the answer of HTTP', () => {
  test('has mapped headers only, the trace id, and the status of the method response', async () => {
    backend.answer({ status: 201, headers: ['X-Own', '1', 'Content-Type', 'text/plain'], body: 'made' })
    const reply = await http({})(call)
    expect([reply.status, reply.text]).toEqual([200, 'made'])
    expect(reply.headers.filter((_, index) => index % 2 === 0)).toEqual([
      'Content-Type',
      'X-Amzn-Trace-Id',
      'x-amzn-RequestId',
      'x-amz-apigw-id',
    ])
    expect(reply.header('content-type')).toBe('application/json')
  })

  test('maps headers from headers, the body, variables and literals', async () => {
    const body = '{"id":7,"name":"Rex","owner":{"a":[1]},"none":null}'
    backend.answer({ headers: ['ETag', '"1"', 'X-M', 'a', 'X-M', 'b', 'Content-Type', 'application/json'], body })
    const reply = await http(
      {},
      {
        responseParameters: {
          'method.response.header.ETag': 'integration.response.header.ETag',
          'method.response.header.Last': 'integration.response.header.X-M',
          'method.response.header.All': 'integration.response.multivalueheader.X-M',
          'method.response.header.Case': 'integration.response.header.etag',
          'method.response.header.Id': 'integration.response.body.id',
          'method.response.header.Name': 'integration.response.body.name',
          'method.response.header.Owner': 'integration.response.body.owner',
          'method.response.header.None': 'integration.response.body.none',
          'method.response.header.Whole': 'integration.response.body',
          'method.response.header.Color': 'stageVariables.color',
          'method.response.header.Request': 'context.requestId',
          'method.response.header.Content-Type': "'text/html'",
        },
      },
      { color: 'red' },
    )(call)
    expect(pairsOf(reply.headers)).toMatchObject({
      ETag: '"1"',
      Last: 'b',
      All: 'a,b',
      Id: '7',
      Name: 'Rex',
      Owner: '{"a":[1]}',
      Whole: body,
      Color: 'red',
      Request: '11111111-2222-4333-8444-555555555555',
      'Content-Type': 'text/html',
    })
    expect(reply.header('case')).toBeUndefined()
    expect(reply.header('none')).toBeUndefined()
  })

  test('passes, renames or drops mapped headers as recorded', async () => {
    const passed = [
      'Accept',
      'Accept-Charset',
      'Age',
      'Content-Encoding',
      'Pragma',
      'Range',
      'Referer',
      'TE',
      'Via',
      'Warn',
    ]
    const renamed =
      'Authorization Connection Content-Length Content-MD5 Date Expect Host Max-Forwards Proxy-Authenticate Server Trailer Upgrade User-Agent WWW-Authenticate'
    const dropped = 'Transfer-Encoding'
    const names = [...passed, ...renamed.split(' '), dropped]
    const responseParameters = Object.fromEntries(names.map((name) => [`method.response.header.${name}`, "'mapped'"]))
    const { headers } = await http({}, { responseParameters })(call)
    expect(headers.filter((_, index) => headers[index + 1] === 'mapped')).toEqual([
      ...passed,
      ...renamed.split(' ').map((name) => `x-amzn-Remapped-${name}`),
    ])
  })

  test('a body that should be JSON for a header and is none is a 500', async () => {
    backend.answer({ body: '{"a":' })
    const responseParameters = { 'method.response.header.A': 'integration.response.body.a' }
    expect((await http({}, { responseParameters })(call)).status).toBe(500)
  })

  test('a template maps the body; `$input.params` is still the method request', async () => {
    backend.answer({ body: '{"pets":[{"id":1},{"id":2}]}' })
    const template = `#foreach($p in $input.path('$.pets'))$p.id,#end$input.params('petId')`
    const reply = await http({}, { responseTemplates: { 'text/plain': template } })(call)
    expect([reply.text, reply.header('content-type')]).toEqual(['1,2,4%2F2', 'text/plain'])
  })
})

describe('HTTP_PROXY with mappings', () => {
  test('mapped headers replace the client’s, mapped query values come last', async () => {
    const reply = await http({
      type: 'HTTP_PROXY',
      httpMethod: 'GET',
      uri: `${backend.url}/p?testVar={pathVar}&testQs={qsVar}`,
      requestParameters: {
        'integration.request.path.pathVar': "'foobar'",
        'integration.request.path.qsVar': 'method.request.querystring.testVar',
        'integration.request.querystring.queryString': 'method.request.querystring.testQueryString',
        'integration.request.querystring.testQs': 'method.request.querystring.testQueryString',
        'integration.request.header.x-own': "'mapped'",
        'integration.request.header.none': 'method.request.header.none',
      },
    })({ ...call, query: 'testQueryString=foo&testVar=bar', headers: ['X-Own', 'client', 'X-Two', '2'] })
    expect(reply.status).toBe(200)
    const { url, headers, method } = backend.seen()
    expect(method).toBe('GET')
    const query = new URLSearchParams(url.split('?')[1])
    expect([
      query.getAll('testVar'),
      query.getAll('testQs'),
      query.get('testQueryString'),
      query.get('queryString'),
    ]).toEqual([['foobar', 'bar'], ['bar', 'foo'], 'foo', 'foo'])
    expect(pairsOf(headers)).toMatchObject({ 'x-own': 'mapped', 'X-Two': '2' })
    expect(headers).not.toContain('client')
    expect(headers).not.toContain('none')
  })

  test('who called is said by the mapping, where there is one', async () => {
    const requestParameters = { 'integration.request.header.X-Forwarded-For': "'192.0.2.7'" }
    await http({ type: 'HTTP_PROXY', requestParameters })({ ...call, headers: ['X-Forwarded-For', '192.0.2.9'] })
    const { headers } = backend.seen()
    const forwarded = headers.filter((_, index) => /^x-forwarded-/i.test(headers[index - (index % 2)] ?? ''))
    expect(forwarded).toEqual(['X-Forwarded-Port', '80', 'X-Forwarded-Proto', 'http', 'X-Forwarded-For', '192.0.2.7'])
  })

  test('which API calls is not for the client to say', async () => {
    await http({ type: 'HTTP_PROXY' })({ ...call, headers: ['x-amzn-apigateway-api-id', 'other'] })
    expect(pairsOf(backend.seen().headers)).toMatchObject({ 'X-Amzn-Apigateway-Api-Id': 'a1b2c3d4e5' })
    expect(backend.seen().headers).not.toContain('other')
  })

  test('the client’s query is split at semicolons and otherwise sent as it came', async () => {
    await http({ type: 'HTTP_PROXY' })({ ...call, query: 'a=1;b=%2B&c=d+e' })
    expect(backend.seen().url).toBe('/base?a=1&b=%2B&c=d+e')
  })

  test.each([
    ['text/plain', undefined, 'ff41', 'efbfbd41'],
    ['image/png', undefined, 'ff41', 'ff41'],
    ['image/png', 'CONVERT_TO_TEXT', 'ff41', Buffer.from('/0E=').toString('hex')],
    ['text/plain', 'CONVERT_TO_BINARY', Buffer.from('/0E=').toString('hex'), 'ff41'],
  ] as const)('a body of %s with %s: %s becomes %s', async (contentType, contentHandling, sent, expected) => {
    const uri = `${backend.url}/base`
    const proxy = stageOf({
      binaryMediaTypes: ['image/png'],
      method: {
        methodIntegration: { type: 'HTTP_PROXY', httpMethod: 'POST', uri, ...(contentHandling && { contentHandling }) },
      },
    })
    await proxy({ method: 'POST', headers: ['Content-Type', contentType], body: Buffer.from(sent, 'hex') })
    expect(backend.seen().body.toString('hex')).toBe(expected)
  })

  test('an answer without a type is application/json', async () => {
    backend.answer({ status: 202, body: '' })
    expect((await http({ type: 'HTTP_PROXY' })(call)).header('content-type')).toBe('application/json')
    backend.answer({ headers: ['content-type', 'text/plain'], body: 'text' })
    expect((await http({ type: 'HTTP_PROXY' })(call)).header('content-type')).toBe('text/plain')
  })

  test('a verb’s override goes on only where it is mapped', async () => {
    const headers = ['X-HTTP-Method-Override', 'PUT']
    await http({ type: 'HTTP_PROXY' })({ ...call, headers })
    expect(backend.seen().headers).not.toContain('X-HTTP-Method-Override')
    const requestParameters = {
      'integration.request.header.X-HTTP-Method-Override': 'method.request.header.X-HTTP-Method-Override',
    }
    await http({ type: 'HTTP_PROXY', requestParameters })({ ...call, headers })
    expect(pairsOf(backend.seen().headers)).toMatchObject({ 'X-HTTP-Method-Override': 'PUT' })
  })

  test('a mapping to an illegal header is a 500', async () => {
    const requestParameters = { 'integration.request.header.Content-Length': "'1'" }
    expect((await http({ type: 'HTTP_PROXY', requestParameters })(call)).status).toBe(500)
  })
})
