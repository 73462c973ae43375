// TestInvokeMethod: the API as it stands, its log and its answer in AWS's forms. Recorded: REST 19; REST 15.1.
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { TestInvokeMethodCommand, type TestInvokeMethodCommandOutput } from '@aws-sdk/client-api-gateway'
import { issue } from '../fixture/certificates.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, putMethod } from '../fixture/rest-api.ts'
import { describeGateway } from '../fixture/test.ts'

const time =
  '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d\\d \\d\\d:\\d\\d:\\d\\d UTC \\d{4}'

/** The log's first line, and the others without their times; fails where a line has none. */
function linesOf({ log = '' }: TestInvokeMethodCommandOutput): string[] {
  expect(log.endsWith('\n')).toBe(true)
  const [first = '', ...lines] = log.slice(0, -1).split('\n')
  expect(first).toMatch(/^Execution log for request [0-9a-f-]{36}$/)
  const requestId = first.slice(-36)
  return lines.map((line) => {
    expect(line).toMatch(new RegExp(`^${time} : `))
    return line.replace(new RegExp(`^${time} : `), '').replaceAll(requestId, 'ID')
  })
}

const echo = {
  method: { requestParameters: { 'method.request.path.petId': true } },
  integration: { type: 'MOCK' as const, requestTemplates: { 'application/json': '{"statusCode": 200}' } },
  responses: [{ statusCode: '200' }],
  integrationResponses: [
    { statusCode: '200', responseTemplates: { 'application/json': `{"petId": "$input.params('petId')"}` } },
  ],
}

describeGateway('TestInvokeMethod', (test) => {
  test('runs a mock that was never deployed, and answers its log line by line', async ({ rest }) => {
    const restApiId = await createRestApi(rest, 'tested')
    const address = await putMethod(rest, restApiId, '/pets/{petId}', echo)
    const answer = await rest.send(
      new TestInvokeMethodCommand({ ...address, pathWithQueryString: '/pets/123?foo=bar', headers: { 'X-A': '1' } }),
    )
    expect(answer).toMatchObject({
      status: 200,
      body: '{"petId": "123"}',
      headers: { 'Content-Type': 'application/json' },
      multiValueHeaders: { 'Content-Type': ['application/json'] },
    })
    expect(Object.keys(answer.headers ?? {})).toEqual(['Content-Type'])
    expect(answer.latency).toBeTypeOf('number')
    expect(linesOf(answer)).toEqual([
      'Starting execution for request: ID',
      'HTTP Method: GET, Resource Path: /pets/123',
      'Method request path: {petId=123}',
      'Method request query string: {foo=bar}',
      'Method request headers: {X-A=1}',
      'Method request body before transformations: ',
      'Method response body after transformations: {"petId": "123"}',
      'Method response headers: {Content-Type=application/json}',
      'Successfully completed execution',
      'Method completed with status: 200',
    ])
  })

  test('without a path the template itself is the value; a foreign path has no parameters', async ({ rest }) => {
    const restApiId = await createRestApi(rest, 'paths')
    const address = await putMethod(rest, restApiId, '/pets/{petId}', echo)
    const own = await rest.send(new TestInvokeMethodCommand(address))
    expect(own.body).toBe('{"petId": "{petId}"}')
    expect(linesOf(own).slice(1, 3)).toEqual([
      'HTTP Method: GET, Resource Path: /pets/{petId}',
      'Method request path: {petId={petId}}',
    ])
    const foreign = await rest.send(new TestInvokeMethodCommand({ ...address, pathWithQueryString: '/other/way' }))
    expect(foreign.body).toBe('{"petId": ""}')
    expect(linesOf(foreign)[2]).toBe('Method request path: {}')
  })

  test('knows who tests, and takes stage variables', async ({ rest }) => {
    const restApiId = await createRestApi(rest, 'context')
    const template = [
      '$context.stage',
      '$context.identity.sourceIp',
      '$context.identity.accountId',
      '$context.identity.userArn',
      '$context.identity.apiKey',
      '$context.identity.apiKeyId',
      "$context.identity.userAgent.split('/').get(0)",
      '$context.domainName',
      '$context.domainPrefix',
      '$stageVariables.color',
    ].join(' ')
    const address = await putMethod(rest, restApiId, '/who', {
      ...echo,
      method: {},
      integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': template } }],
    })
    const { body } = await rest.send(new TestInvokeMethodCommand({ ...address, stageVariables: { color: 'red' } }))
    expect(body).toBe(
      'test-invoke-stage test-invoke-source-ip 000000000000 arn:aws:iam::000000000000:root test-invoke-api-key test-invoke-api-key-id aws-sdk-js testPrefix.testDomainName testPrefix red',
    )
  })

  test('passes by authorizers and keys, and takes any verb of ANY', async ({ rest }) => {
    const restApiId = await createRestApi(rest, 'open')
    const address = await putMethod(rest, restApiId, '/x/{petId}', {
      ...echo,
      httpMethod: 'ANY',
      method: { ...echo.method, authorizationType: 'AWS_IAM', apiKeyRequired: true },
    })
    const { status } = await rest.send(new TestInvokeMethodCommand({ ...address, httpMethod: 'DELETE' }))
    expect(status).toBe(200)
    for (const httpMethod of ['ANY', 'BREW']) {
      await expect(rest.send(new TestInvokeMethodCommand({ ...address, httpMethod }))).rejects.toMatchObject({
        name: 'NotFoundException',
        message: 'Invalid Method identifier specified',
      })
    }
    await expect(rest.send(new TestInvokeMethodCommand({ ...address, resourceId: 'nowhere' }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Invalid Resource identifier specified',
    })
  })

  test('a failure has its reason in the log, and no header but its type', async ({ rest }) => {
    const restApiId = await createRestApi(rest, 'failing')
    const address = await putMethod(rest, restApiId, '/f/{petId}', {
      ...echo,
      integration: { type: 'MOCK', requestTemplates: { 'application/json': '{}' } },
    })
    const answer = await rest.send(new TestInvokeMethodCommand(address))
    expect(answer).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' })
    expect(answer.headers).toEqual({ 'x-amzn-ErrorType': 'InternalServerErrorException' })
    expect(linesOf(answer).slice(-2)).toEqual([
      'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.',
      'Method completed with status: 500',
    ])
  })

  test('a function gets the headers of the test alone, and its invocation is logged', async ({ rest, lambda }) => {
    const arn = await createNodeFunction(
      lambda,
      'tested',
      'exports.handler = async (event) => ({ statusCode: 201, body: JSON.stringify(event) })',
    )
    const restApiId = await createRestApi(rest, 'function')
    const address = await putMethod(rest, restApiId, '/f', {
      httpMethod: 'POST',
      integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(arn) },
    })
    const answer = await rest.send(new TestInvokeMethodCommand({ ...address, body: '{"a":1}' }))
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.headers ?? {}).sort()).toEqual(['Content-Type', 'X-Amzn-Trace-Id'])
    const event = JSON.parse(answer.body ?? '') as Record<string, unknown>
    expect(event).toMatchObject({
      headers: null,
      multiValueHeaders: null,
      path: '/f',
      body: '{"a":1}',
      requestContext: { stage: 'test-invoke-stage', path: '/f', identity: { sourceIp: 'test-invoke-source-ip' } },
    })
    expect(event['requestContext']).not.toHaveProperty('deploymentId')
    const uri = `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}/invocations`
    const lines = linesOf(answer)
    expect(lines[6]).toBe(`Endpoint request URI: ${uri}`)
    expect(lines[7]).toMatch(
      new RegExp(
        `^Endpoint request headers: \\{x-amzn-lambda-integration-tag=ID, Authorization=\\*+, X-Amz-Date=\\d{8}T\\d{6}Z, x-amzn-apigateway-api-id=${restApiId}, Accept=application/json, User-Agent=AmazonAPIGateway_${restApiId}, X-Amz-Security-Token= \\[TRUNCATED\\]$`,
      ),
    )
    expect(lines[9]).toBe(`Sending request to ${uri}`)
    expect(lines[10]).toMatch(/^Received response\. Status: 200, Integration latency: \d+ ms$/)
    expect(lines[14]).toMatch(/^Method response headers: \{X-Amzn-Trace-Id=.+, Content-Type=application\/json\}$/)
    expect(lines.at(-1)).toBe('Method completed with status: 201')
  })
  test('an integration that asks Lambda with another verb than POST has Lambda’s refusal in its log', async ({
    rest,
  }) => {
    const restApiId = await createRestApi(rest, 'verb')
    const uri = invocationUri('arn:aws:lambda:us-east-1:000000000000:function:any')
    for (const type of ['AWS', 'AWS_PROXY'] as const) {
      const integration = { type, integrationHttpMethod: 'GET', uri }
      const address = await putMethod(rest, restApiId, `/${type}`, { integration })
      const { log = '', ...answer } = await rest.send(new TestInvokeMethodCommand(address))
      expect(answer).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' })
      const failure = log.slice(log.indexOf('Received response')).replaceAll(new RegExp(`${time} : `, 'g'), '')
      expect(failure).toMatch(
        /^Received response\. Status: 403, Integration latency: 0 ms\nEndpoint response headers: \{Date=.+ GMT, Content-Length=130, Connection=keep-alive, x-amzn-RequestId=[0-9a-f-]{36}\}\nEndpoint response body before transformations: <AccessDeniedException>\n {2}<Message>Unable to determine service\/operation name to be authorized<\/Message>\n<\/AccessDeniedException>\n\nLambda invocation failed with status: 403\. Lambda request id: [0-9a-f-]{36}\nExecution failed due to configuration error: \nMethod completed with status: 500\n$/,
      )
    }
  })

  test('a backend whose certificate nobody vouches for is a configuration error, with Java’s words in the log', async ({
    rest,
  }) => {
    const { certificatePem, privateKeyPem } = issue({ name: 'backend', names: ['localhost'] })
    const server = createServer({ cert: certificatePem, key: privateKeyPem }, (_request, response) => response.end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const uri = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const restApiId = await createRestApi(rest, 'certificate')
      const tell = async (path: string, insecureSkipVerification: boolean): Promise<unknown[]> => {
        const tlsConfig = { insecureSkipVerification }
        const integration = { type: 'HTTP_PROXY' as const, integrationHttpMethod: 'GET', uri, tlsConfig }
        const address = await putMethod(rest, restApiId, path, { integration })
        const answer = await rest.send(new TestInvokeMethodCommand(address))
        return [answer.status, answer.body, linesOf(answer).at(-2)]
      }
      const begin = 'Execution failed due to configuration error: '
      expect(await tell('/unknown', false)).toEqual([
        500,
        '{"message": "Internal server error"}',
        `${begin}PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target`,
      ])
      expect(await tell('/elsewhere', true)).toEqual([
        500,
        '{"message": "Internal server error"}',
        `${begin}Host name '127.0.0.1' does not match the certificate subject provided by the peer (CN=backend, O=Sluice, C=US)`,
      ])
    } finally {
      server.close()
    }
  })
})
