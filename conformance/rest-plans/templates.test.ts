// Mapping templates: `$input`, `$util`, `$context`, `$stageVariables`, overrides. Recorded: REST 26.
import { describe, expect, test } from 'vitest'
import type { Call } from '../fixture/plan-call.ts'
import { mockMethod, stageOf } from './stage.ts'

/** What a response template prints. */
async function printed(template: string, call: Call = {}, path = '/pets'): Promise<string> {
  const reply = await stageOf({ method: mockMethod(template), path, variables: { color: 'red' } })(call)
  expect(reply.lines.filter((line) => line.startsWith('API_CONFIGURATION_ERROR'))).toEqual([])
  expect(reply.status).toBe(200)
  return reply.text
}

/** What a request template prints for a body: it is handed to the response template as an override. */
async function mapped(template: string, body: string): Promise<string> {
  const request = `#define($out)${template}#end#set($context.responseOverride.out = "$out"){"statusCode":200}`
  const reply = await stageOf({ method: mockMethod('$context.responseOverride.out', request) })({ body })
  expect(reply.status).toBe(200)
  return reply.text
}

describe('$input of a body', () => {
  test.each([
    ['$input.body', '{"a": 1}', '{"a": 1}'],
    ['$input.body', '', '{}'],
    [`$input.json('$')`, '{"a": [1, "x", null, true]}', '{"a":[1,"x",null,true]}'],
    [`$input.json('$')`, '', '{}'],
    [`$input.json('$.a')`, '{"a": "x"}', '"x"'],
    [`$input.json('$.none')`, '{"a": "x"}', '""'],
    [`$input.json('$.a')`, 'no json', '""'],
    [`$input.json('$')`, '{"n":12345678901234567890,"d":1.0,"e":1e3}', '{"n":12345678901234567890,"d":1.0,"e":1000.0}'],
    [`$input.path('$.json')`, '{"json":{"foo":"bar"}}', '{foo=bar}'],
    [`$input.path('$.json')`, '{"json":[{"foo":"bar"}]}', '[{"foo":"bar"}]'],
    [`$input.path('$.json')`, '{"json":{"foo":[{"nested":"bar"}]}}', '{foo=[{"nested":"bar"}]}'],
    [`$input.path('$.json')`, '{"json":{"bigger":"dict","to":"test"}}', '{bigger=dict, to=test}'],
    [`$input.path('$.json').toString()`, '{"json":{"foo":"bar"}}', '{foo=bar}'],
    [`$input.path('$')[0]`, '[[{"foo":"bar"}]]', '[{"foo":"bar"}]'],
    [`$input.path('$.none').nested`, '{}', ''],
    [`$input.path('$.n')`, '{"n": 1.99}', '1.99'],
    [
      `$input.path('$.list[?(@.price < 10.0)].id').size()`,
      '{"list":[{"id":1,"price":9.0},{"id":2,"price":10.5}]}',
      '1',
    ],
    [`$input.path('$.__proto__')`, '{"__proto__":"x"}', 'x'],
  ])('%s of %s prints %s', async (template, body, expected) => {
    expect(await mapped(template, body)).toBe(expected)
  })

  test('a missing value equals null and the empty text; an empty list neither', async () => {
    const template = `#set($r = $input.path('$.r'))#if($r == $null)null#end#if($r == "")empty#end`
    expect(await mapped(template, '{}')).toBe('nullempty')
    expect(await mapped(template, '{"r": []}')).toBe('')
  })
})

describe('$input of parameters', () => {
  const call: Call = {
    path: '/pets/4%2B2',
    query: 'q=a+b&q=last&e=',
    headers: ['X-One', 'first', 'X-One', 'second', 'TE', 'trailers', 'authorization', 'secret'],
  }
  test.each([
    [`$input.params('petId')`, '4%2B2'],
    [`$input.params('q')`, 'last'],
    [`$input.params('X-One')`, 'second'],
    [`$input.params('x-one')`, ''],
    [`$input.params('TE')`, ''],
    [`$input.params('none')`, ''],
    [`$input.params().path.petId`, '4%2B2'],
    [`$input.params().querystring.get('q')`, 'last'],
    [`$input.params().header.get('Authorization')`, 'secret'],
    [`$input.params().keySet()`, '[path, querystring, header]'],
    [`#foreach($n in $input.params().querystring.keySet())$n;#end`, 'q;e;'],
  ])('%s is %s', async (template, expected) => {
    expect(await printed(template, call, '/pets/{petId}')).toBe(expected)
  })
})

describe('$util', () => {
  test.each([
    [`$util.urlEncode('{"some": "value"}')`, '%7B%22some%22%3A+%22value%22%7D'],
    [`$util.urlEncode("a~!'()*-_.é")`, 'a%7E%21%27%28%29*-_.%C3%A9'],
    ['$util.urlEncode($none)', ''],
    [`$util.urlDecode('x=a+b%2B')`, 'x=a b+'],
    [`$util.base64Encode('héllo')`, 'aMOpbGxv'],
    [`$util.base64Decode('aMOpbGxv')`, 'héllo'],
    [`$util.escapeJavaScript("it's \\ a/b é")`, `it\\'s \\\\ a\\/b \\u00E9`],
    ['$util.escapeJavaScript(12)', '12'],
    ['$util.escapeJavaScript($none)', 'null'],
    [`$util.parseJson('{"a":[{"b":2}]}').a[0].b`, '2'],
  ])('%s is %s', async (template, expected) => {
    expect(await printed(template)).toBe(expected)
  })

  test('parseJson of what is no JSON fails the template', async () => {
    const reply = await stageOf({ method: mockMethod(`$util.parseJson('{')`) })()
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
    expect(reply.lines).toContain('Execution failed due to configuration error: Unable to transform response')
  })
})

describe('$context', () => {
  test.each([
    ['$context.accountId', '123456789012'],
    ['$context.apiId', 'a1b2c3d4e5'],
    ['$context.path', '/prod/pets'],
    ['$context.resourcePath', '/pets'],
    ['$context.protocol', 'HTTP/1.1'],
    ['$context.domainPrefix', 'a1b2c3d4e5'],
    ['$context.requestTime', '20/Nov/2026:07:13:05 +0000'],
    ['$context.requestTimeEpoch', '1795158785000'],
    ['$context["stage"]', 'prod'],
    ['$context.identity.sourceIp', '192.0.2.1'],
    ['$context.identity.userArn', ''],
    [`[$util.escapeJavaScript($context.identity.get("userArn")).replaceAll("\\'", "'")]`, '[]'],
    ['$context.authorizer.principalId', ''],
    ['#foreach($k in $context.authorizer.keySet())x#end', ''],
    ['$context.get("identity")$context.get("requestOverride")$context.get("responseOverride")', ''],
    ['$context.requestOverride.keySet()', '[header, path, querystring]'],
    ['$context.responseOverride.keySet()', '[header]'],
    ['$stageVariables.color,$stageVariables.none', 'red,'],
    [`\${stageVariables['color']}`, 'red'],
  ])('%s is %s', async (template, expected) => {
    expect(await printed(template)).toBe(expected)
  })

  test('has the recorded members, and no others on a plain call', async () => {
    const names = await printed('#foreach($k in $context.keySet())$k #end')
    expect(names.trim().split(' ').toSorted()).toEqual([
      'accountId',
      'apiId',
      'deploymentId',
      'domainName',
      'domainPrefix',
      'extendedRequestId',
      'httpMethod',
      'identity',
      'path',
      'protocol',
      'requestId',
      'requestOverride',
      'requestTime',
      'requestTimeEpoch',
      'resourceId',
      'resourcePath',
      'responseOverride',
      'stage',
    ])
    const identity = await printed('#foreach($k in $context.identity.keySet())$k #end')
    expect(identity.trim().split(' ').toSorted()).toEqual([
      'accessKey',
      'accountId',
      'caller',
      'cognitoAuthenticationProvider',
      'cognitoAuthenticationType',
      'cognitoIdentityId',
      'cognitoIdentityPoolId',
      'principalOrgId',
      'sourceIp',
      'user',
      'userAgent',
      'userArn',
    ])
  })
})

describe('overrides', () => {
  test('a request template of a mock sets status and headers of the answer, without any response template', async () => {
    const request = `#set($context.responseOverride.status = 444)#set($context.responseOverride.header.foo = "bar"){"statusCode":200}`
    const { methodIntegration, ...method } = mockMethod('', request)
    const integrationResponses = { '200': { statusCode: '200' } }
    const reply = await stageOf({
      method: { ...method, methodIntegration: { ...methodIntegration, integrationResponses } },
    })()
    expect([reply.status, reply.header('foo'), reply.text]).toEqual([444, 'bar', ''])
  })

  test.each([
    ['a text that is a number', '"404"', 404],
    ['a text', '"teapot"', 200],
    ['out of range', '700', 200],
    ['below what ends an exchange', '100', 200],
  ])('a status that is %s', async (_case, value, expected) => {
    const reply = await stageOf({ method: mockMethod(`#set($context.responseOverride.status = ${value})ok`) })()
    expect([reply.status, reply.text]).toEqual([expected, 'ok'])
  })

  test('the forms with brackets and put() work, and a list gives several headers', async () => {
    const template = `#set($context["responseOverride"]["header"]["A"] = "1")#set($n = $context.responseOverride.header.put("B", ["2", "3"]))$n`
    const reply = await stageOf({ method: mockMethod(template) })()
    expect(reply.headers.join(' ')).toContain('A 1 B 2 B 3')
    expect(reply.text).toBe('')
  })

  test('one parameter set twice in a template is a 500', async () => {
    const template = `#set($context.responseOverride.header.A = "1")#set($context.responseOverride.header.A = "2")`
    const reply = await stageOf({ method: mockMethod(template) })()
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
  })

  test('a header that HTTP cannot carry, or that ends another, does not get through', async () => {
    const template = `#set($context.responseOverride.header["bad name"] = "1")#set($context.responseOverride.header.ok = "a
b: c")`
    const reply = await stageOf({ method: mockMethod(template) })()
    expect(reply.headers).not.toContain('bad name')
    expect(reply.header('ok')).toBe('a b: c')
  })
})

describe('a template that asks too much', () => {
  test.each([
    ['turns of a loop', '#foreach($a in [1..1001])x#end'],
    ['nested loops', '#foreach($a in [1..1000])#foreach($b in [1..1000])x#end#end'],
    ['doubling text', '#set($t = "xxxxxxxxxxxxxxxx")#foreach($a in [1..40])#set($t = "$t$t")#end'],
    ['a pattern that runs away', `$input.params('q').matches("(a|aa)+(?=b)c")`],
    ['reflection is nothing', `$input.getClass().forName('java.lang.Runtime').none()x`],
  ])('%s ends the request, not the process', async (_case, template) => {
    const startedMs = performance.now()
    const reply = await stageOf({ method: mockMethod(template) })({ query: `q=${'a'.repeat(5_000)}` })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect([500, 200]).toContain(reply.status)
  })

  test('many patterns that each take long end too', async () => {
    const request = `#foreach($a in [1..900])$input.body.matches(".*.*.*x")#end{"statusCode":200}`
    const startedMs = performance.now()
    const reply = await stageOf({ method: mockMethod('', request) })({ body: 'a'.repeat(20_000) })
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    expect(reply.status).toBe(500)
    // Which budget is spent first, time or steps, is the machine's to say.
    expect(reply.lines.join('\n')).toMatch(/budget of (?:101 ms|300000 steps)/)
  })

  test('many short texts that a filter’s pattern takes long for end too', async () => {
    const request = `#set($n = $input.path("$[?(@.a =~ /(a+)+b/)]").size()){"statusCode":200}`
    const body = JSON.stringify(Array.from({ length: 10_000 }, () => ({ a: 'a'.repeat(100) })))
    const startedMs = performance.now()
    const reply = await stageOf({ method: mockMethod('', request) })({ body })
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    expect(reply.status).toBe(500)
  })

  test.each([
    ['patterns that each take long to compile', '$p.matches("(?iu)$p$a")'],
    ['paths whose pattern takes long to compile', '$input.path("$[?(@.a =~ /(?iu)$a$p/)]")'],
    ['filters within filters', '$input.path("$..[?(@..[?(@ == $a)])]")'],
  ])('%s end too', async (_case, work) => {
    const doubled = '#set($p = "a")#foreach($a in [1..11])#set($p = "$p$p")#end'
    const request = `${doubled}#foreach($a in [1..900])${work}#end{"statusCode":200}`
    const startedMs = performance.now()
    const reply = await stageOf({ method: mockMethod('', request) })({ body: `${'['.repeat(80)}1${',1]'.repeat(80)}` })
    expect(performance.now() - startedMs).toBeLessThan(1_500)
    expect(reply.status).toBe(500)
  })

  test('much work in $util ends too', async () => {
    const request = `#foreach($a in [1..900])$util.escapeJavaScript($input.body)#end{"statusCode":200}`
    const startedMs = performance.now()
    const reply = await stageOf({ method: mockMethod('', request) })({ body: '"'.repeat(5_000_000) })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(reply.status).toBe(500)
  })
})
