// JSON 1.0/1.1, query and CBOR: the protocols that put everything in the body. CloudWatch speaks all three at once.
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { encode, encodeFault } from '../encode.ts'
import { ServiceFault } from '../fault.ts'
import { loadNamed, request, textOf } from '../fixture.ts'
import { InternalServiceFault, InvalidParameterValueException } from '../generated/cloudwatch.ts'
import { NoSuchEntityException } from '../generated/iam.ts'
import { WAFInvalidParameterException } from '../generated/wafv2.ts'
import type { Match, Service } from '../service.ts'
import type { WireRequest } from '../wire.ts'
import { validate } from '../validate.ts'
import { decodeCbor, encodeCbor, EpochSeconds } from './cbor-codec.ts'

const cloudwatch = loadNamed('cloudwatch')
const iam = loadNamed('iam')
const logs = loadNamed('logs')
const requestId = 'r'

function matched(service: Service, wire: WireRequest): Match {
  const match = service.match(wire)
  if (match === undefined) throw new Error('no operation')
  return match
}

const statistics = {
  Namespace: 'AWS/ApiGateway',
  MetricName: 'Count',
  StartTime: 1_587_481_701,
  EndTime: 1_587_485_301.5,
  Period: 60,
  Statistics: ['Sum', 'Average'],
  Dimensions: [{ Name: 'ApiName', Value: 'pets' }],
}
const jsonRequest = request('POST /', statistics, {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'GraniteServiceVersion20100801.GetMetricStatistics',
  'x-amz-query-mode': 'true',
  'x-amzn-query-mode': 'true',
})
const queryRequest = request(
  'POST /',
  'Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS%2FApiGateway&MetricName=Count&Period=60' +
    '&StartTime=2020-04-21T15%3A08%3A21Z&EndTime=2020-04-21T16%3A08%3A21.5Z' +
    '&Statistics.member.2=Average&Statistics.member.1=Sum&Dimensions.member.1.Name=ApiName&Dimensions.member.1.Value=pets',
  { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
)
const cborRequest: WireRequest = {
  ...request('POST /service/GraniteServiceVersion20100801/operation/GetMetricStatistics', '', {
    'smithy-protocol': 'rpc-v2-cbor',
    'content-type': 'application/cbor',
  }),
  body: encodeCbor({
    ...statistics,
    StartTime: new EpochSeconds(statistics.StartTime),
    EndTime: new EpochSeconds(statistics.EndTime),
  }),
}

describe('one service in three protocols', () => {
  test.each([
    ['json', jsonRequest],
    ['query', queryRequest],
    ['smithy-rpc-v2-cbor', cborRequest],
  ])('%s is told from the headers and gives the same input', (protocol, wire) => {
    const match = matched(cloudwatch, wire)
    expect([match.protocol, match.operation.name]).toEqual([protocol, 'GetMetricStatistics'])
    expect(decode(match, wire)).toEqual(statistics)
    validate(match, decode(match, wire))
  })

  const output = { Label: 'a<b', Datapoints: [{ Timestamp: 1_587_481_701, Sum: 1.5, Unit: 'Count' }] }

  test('JSON answers epoch seconds', () => {
    expect(encode(matched(cloudwatch, jsonRequest), output, { requestId })).toEqual({
      status: 200,
      headers: { 'x-amzn-RequestId': 'r', 'Content-Type': 'application/x-amz-json-1.0' },
      body: '{"Datapoints":[{"Timestamp":1587481701,"Sum":1.5,"Unit":"Count"}],"Label":"a<b"}',
    })
  })

  test('query answers XML in the model’s XML order', () => {
    expect(encode(matched(cloudwatch, queryRequest), output, { requestId })).toEqual({
      status: 200,
      headers: { 'x-amzn-RequestId': 'r', 'Content-Type': 'text/xml' },
      body:
        '<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><GetMetricStatisticsResult>' +
        '<Datapoints><member><Timestamp>2020-04-21T15:08:21Z</Timestamp><Sum>1.5</Sum><Unit>Count</Unit></member></Datapoints>' +
        '<Label>a&lt;b</Label></GetMetricStatisticsResult>' +
        '<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetMetricStatisticsResponse>\n',
    })
  })

  test('CBOR answers tagged timestamps', () => {
    const answer = encode(matched(cloudwatch, cborRequest), output, { requestId })
    expect(answer.headers).toMatchObject({ 'smithy-protocol': 'rpc-v2-cbor', 'Content-Type': 'application/cbor' })
    expect(decodeCbor(answer.body as Uint8Array, 9)).toEqual({
      Label: 'a<b',
      Datapoints: [{ Timestamp: new EpochSeconds(1_587_481_701), Sum: 1.5, Unit: 'Count' }],
    })
  })

  test('faults name their shape, and their query code in a header for clients that ask', () => {
    const fault = new InvalidParameterValueException('The value AWS/ for parameter Namespace is invalid.')
    const json = encodeFault(matched(cloudwatch, jsonRequest), fault, { requestId })
    expect(json.headers['x-amzn-query-error']).toBe('InvalidParameterValue;Sender')
    expect(textOf(json)).toBe(
      '{"__type":"com.amazonaws.cloudwatch.v2010_08_01#InvalidParameterValueException",' +
        '"message":"The value AWS/ for parameter Namespace is invalid."}',
    )
    const cbor = encodeFault(matched(cloudwatch, cborRequest), new InternalServiceFault('oops'), { requestId })
    expect(cbor.status).toBe(500)
    expect(cbor.headers['x-amzn-query-error']).toBeUndefined()
    expect(decodeCbor(cbor.body as Uint8Array, 9)).toEqual({
      __type: 'com.amazonaws.cloudwatch.v2010_08_01#InternalServiceFault',
      Message: 'oops',
    })
    const query = encodeFault(matched(cloudwatch, queryRequest), fault, { requestId })
    expect(textOf(query)).toContain('<Code>InvalidParameterValue</Code>')
  })

  test('validation has its own name and namespace', () => {
    const wire = { ...jsonRequest, body: new TextEncoder().encode('{}') }
    const match = matched(cloudwatch, wire)
    let caught: unknown
    try {
      validate(match, decode(match, wire))
    } catch (error) {
      caught = error
    }
    const answer = encodeFault(match, caught as ServiceFault, { requestId })
    expect(answer.headers['x-amzn-query-error']).toBe('ValidationError;Sender')
    expect(textOf(answer)).toMatch(
      /^\{"__type":"com\.amazon\.coral\.validate#ValidationException","message":"5 validation errors/,
    )
  })
})

describe('query', () => {
  test('answers an operation without output with its metadata alone', () => {
    const match = matched(iam, request('GET /?Action=DeleteUser&UserName=u'))
    expect(decode(match, request('GET /?Action=DeleteUser&UserName=u'))).toEqual({ UserName: 'u' })
    expect(textOf(encode(match, undefined, { requestId }))).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
        '<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>\n',
    )
  })

  test('answers faults in the error document, receiver faults from 500', () => {
    const dialect = iam.dialect(request('POST /'))
    const missing = encodeFault(dialect, new NoSuchEntityException('The user with name <x> cannot be found.'), {
      requestId,
    })
    expect(missing.status).toBe(404)
    expect(textOf(missing)).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
        '<Message>The user with name &lt;x&gt; cannot be found.</Message></Error><RequestId>r</RequestId></ErrorResponse>\n',
    )
    expect(textOf(encodeFault(dialect, new ServiceFault('ServiceFailure', 500, ''), { requestId }))).toContain(
      '<Type>Receiver</Type>',
    )
  })

  test('an empty list is given by its bare name, numbers only give the order', () => {
    const line = (form: string): unknown => decode(matched(iam, request('POST /', form)), request('POST /', form))
    expect(line('Action=CreateUser&UserName=u&Tags=')).toEqual({ UserName: 'u', Tags: [] })
    const sparse =
      'Action=CreateUser&Tags.member.900000000.Key=b&Tags.member.2.Key=a&Tags.member.0.Key=no&Tags.member.x.Key=no'
    expect(line(sparse)).toEqual({ Tags: [{ Key: 'a' }, { Key: 'b' }] })
  })

  test('text that is no number is malformed input, an unknown action matches nothing', () => {
    const wire = request('POST /', 'Action=ListUsers&MaxItems=many')
    expect(() => decode(matched(iam, wire), wire)).toThrow(
      expect.objectContaining({ code: 'MalformedInput', status: 400 }),
    )
    expect(iam.match(request('POST /', 'Action=Nope'))).toBeUndefined()
    expect(iam.match(request('POST /', ''))).toBeUndefined()
    expect(() => iam.match(request('POST /', 'a&'.repeat(10_001)))).toThrow(
      expect.objectContaining({ code: 'MalformedInput' }),
    )
    const deep = request('POST /', `Action=ListUsers&${'a.'.repeat(65)}=1`)
    expect(() => decode(matched(iam, deep), deep)).toThrow('The request is nested too deeply.')
  })
})

describe('JSON', () => {
  test('the operation is in the target, a foreign prefix matches nothing', () => {
    const target = (name: string): string | undefined =>
      logs.match(request('POST /', '{}', { 'x-amz-target': name }))?.operation.name
    expect(target('Logs_20140328.CreateLogGroup')).toBe('CreateLogGroup')
    expect(target('Other.CreateLogGroup')).toBeUndefined()
    expect(target('Logs_20140328.Nope')).toBeUndefined()
    expect(logs.match(request('POST /', '{}'))).toBeUndefined()
  })

  test('an operation without output answers an empty body', () => {
    const match = matched(logs, request('POST /', '{}', { 'x-amz-target': 'Logs_20140328.CreateLogGroup' }))
    expect(encode(match, undefined, { requestId })).toEqual({
      status: 200,
      headers: { 'x-amzn-RequestId': 'r', 'Content-Type': 'application/x-amz-json-1.1' },
      body: new Uint8Array(0),
    })
  })

  test('a fault’s members follow its message', () => {
    const wafv2 = loadNamed('wafv2')
    const fault = new WAFInvalidParameterException('bad', { Field: 'WEB_ACL', Reason: 'because' })
    expect(textOf(encodeFault(wafv2.dialect(request('POST /')), fault, { requestId }))).toBe(
      '{"__type":"WAFInvalidParameterException","message":"bad","Field":"WEB_ACL","Reason":"because"}',
    )
  })

  test('nesting beyond the budget is refused', () => {
    const wafv2 = loadNamed('wafv2')
    let statement: unknown = {}
    for (let depth = 0; depth < 100; depth += 1) statement = { NotStatement: { Statement: statement } }
    const wire = request(
      'POST /',
      { Rules: [{ Statement: statement }] },
      { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL' },
    )
    const match = matched(wafv2, wire)
    expect(() => decode(match, wire)).toThrow('The request body is nested too deeply.')
    const brackets = { ...wire, body: new TextEncoder().encode(`{"Name":${'['.repeat(1_000_000)}`) }
    expect(() => decode(match, brackets)).toThrow('Unable to parse the request body as JSON.')
  })
})
