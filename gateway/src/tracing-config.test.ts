// What the environment says of traces and of exported telemetry.
import { describe, expect, test } from 'vitest'
import { tracingIn } from './tracing-config.ts'

const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const urls = (environment: Record<string, string>) => {
  const { traces, metrics } = tracingIn(environment, undefined).otlp
  return [traces?.url, metrics?.url]
}

test('without anything nothing is sent, and no W3C trace is continued', () => {
  expect(tracingIn({}, undefined)).toMatchObject({
    xrayDaemon: undefined,
    continuesW3c: false,
    otlp: { traces: undefined, metrics: undefined, temporality: 'cumulative' },
  })
})

test('W3C traces are continued when traces are exported, unless the option says otherwise', () => {
  expect(tracingIn({ [endpoint]: 'http://a' }, undefined).continuesW3c).toBe(true)
  expect(tracingIn({ [endpoint]: 'http://a' }, false).continuesW3c).toBe(false)
  expect(tracingIn({ [endpoint]: 'http://a', OTEL_TRACES_EXPORTER: 'none' }, undefined).continuesW3c).toBe(false)
  expect(tracingIn({}, true).continuesW3c).toBe(true)
})

test.each([
  [{ [endpoint]: 'http://a:4318' }, ['http://a:4318/v1/traces', 'http://a:4318/v1/metrics']],
  [{ [endpoint]: 'https://a/base/' }, ['https://a/base/v1/traces', 'https://a/base/v1/metrics']],
  [{ [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/x' }, ['http://b/x', 'http://a/v1/metrics']],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://b' }, [undefined, 'http://b/']],
  [{ [endpoint]: 'http://a', OTEL_METRICS_EXPORTER: 'none' }, ['http://a/v1/traces', undefined]],
  [{ [endpoint]: ' ' }, [undefined, undefined]],
])('%j leads to %j', (environment, wanted) => {
  expect(urls(environment as Record<string, string>)).toEqual(wanted)
})

test('the service and its attributes name the resource', () => {
  const attributesOf = (environment: Record<string, string>) =>
    Object.fromEntries(
      tracingIn(environment, undefined).otlp.resource.attributes.map(({ key, value }) => [
        key,
        Object.values(value)[0] as unknown,
      ]),
    )
  expect(attributesOf({})).toMatchObject({ 'service.name': 'sluice' })
  const pairs = 'service.name=a, team = gold%2Fblue'
  expect(attributesOf({ OTEL_RESOURCE_ATTRIBUTES: pairs })).toMatchObject({ 'service.name': 'a', team: 'gold/blue' })
  expect(attributesOf({ OTEL_RESOURCE_ATTRIBUTES: pairs, OTEL_SERVICE_NAME: 'b' })).toMatchObject({
    'service.name': 'b',
  })
})

describe('a mistake is told in a sentence:', () => {
  test.each([
    [
      { AWS_XRAY_DAEMON_ADDRESS: 'here' },
      'AWS_XRAY_DAEMON_ADDRESS takes an address such as 127.0.0.1:2000, not "here".',
    ],
    [{ [endpoint]: 'a:4318' }, `${endpoint} takes a URL such as http://127.0.0.1:4318, not "a:4318".`],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL takes http/json, not "grpc": Sluice speaks OTLP over HTTP, in JSON.',
    ],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'zstd' },
      'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION takes gzip or none, not "zstd".',
    ],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_TIMEOUT: '10s' },
      'OTEL_EXPORTER_OTLP_TIMEOUT takes milliseconds, not "10s".',
    ],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem' },
      'OTEL_EXPORTER_OTLP_CERTIFICATE is not known here: NODE_EXTRA_CA_CERTS names more authorities to trust.',
    ],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=100%' },
      'OTEL_EXPORTER_OTLP_HEADERS takes name=value,name=value, percent-encoded; the entry for "authorization" is not.',
    ],
    [
      { [endpoint]: 'http://a', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=a%0Ab' },
      'OTEL_EXPORTER_OTLP_HEADERS has a name or a value that no HTTP header can have.',
    ],
    [
      { [endpoint]: 'http://me:secret@a' },
      `${endpoint} takes a URL without a password: put it into OTEL_EXPORTER_OTLP_HEADERS.`,
    ],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER takes otlp or none, not "zipkin".'],
  ])('%j', (environment, sentence) => {
    expect(() => tracingIn(environment, undefined)).toThrow(sentence)
  })
})
