// The JSON form of OTLP's two requests, as strict as the protocol: no member that it does not have, every value of its type.
// Source: opentelemetry-proto (trace.proto, metrics.proto, common.proto, resource.proto), and "JSON Protobuf Encoding" of the specification.

type Check = (value: unknown, path: string) => string | undefined

/** The first place where a message is not what the protocol says; undefined when there is none. */
export function traceRequestProblem(message: unknown): string | undefined {
  return exportTraceServiceRequest(message, '')
}

export function metricsRequestProblem(message: unknown): string | undefined {
  return exportMetricsServiceRequest(message, '')
}

const is =
  (what: string, test: (value: unknown) => boolean): Check =>
  (value, path) =>
    test(value) ? undefined : `${path} is no ${what}: ${JSON.stringify(value)}`
const text = is('text', (value) => typeof value === 'string')
const name = is('name', (value) => typeof value === 'string' && value !== '')
const flag = is('boolean', (value) => typeof value === 'boolean')
const double = is('double', (value) => typeof value === 'number')
/** fixed32, uint32 and enums are numbers, and enums never names. */
const small = is('32-bit number', (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32)
/** fixed64, uint64 and int64 are text. */
const long = is('64-bit number in text', (value) => typeof value === 'string' && /^\d{1,20}$/.test(value))
const signedLong = is('64-bit number in text', (value) => typeof value === 'string' && /^-?\d{1,19}$/.test(value))
const hex = (digits: number): Check =>
  is(
    `id of ${digits} digits`,
    (value) => typeof value === 'string' && /^[0-9a-f]+$/.test(value) && value.length === digits && !/^0+$/.test(value),
  )

const list =
  (of: Check): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((each, index) => of(each, `${path}[${index}]`)).find((problem) => problem !== undefined)
      : `${path} is no list`

interface Shape {
  readonly required?: Readonly<Record<string, Check>>
  readonly optional?: Readonly<Record<string, Check>>
  /** Exactly one of these. */
  readonly oneOf?: Readonly<Record<string, Check>>
}

const message =
  ({ required = {}, optional = {}, oneOf }: Shape): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is no message`
    const missing = Object.keys(required).find((member) => !Object.hasOwn(value, member))
    if (missing !== undefined) return `${path}.${missing} is missing`
    const chosen = Object.keys(oneOf ?? {}).filter((member) => Object.hasOwn(value, member))
    if (oneOf !== undefined && chosen.length !== 1)
      return `${path} has ${chosen.length} of ${Object.keys(oneOf).join(', ')}`
    const known: Readonly<Record<string, Check>> = { ...required, ...optional, ...oneOf }
    for (const [member, inner] of Object.entries(value)) {
      const check = Object.hasOwn(known, member) ? known[member] : undefined
      const problem =
        check === undefined ? `${path}.${member} is not of the protocol` : check(inner, `${path}.${member}`)
      if (problem !== undefined) return problem
    }
    return undefined
  }

const anyValue = message({
  oneOf: { stringValue: text, boolValue: flag, intValue: signedLong, doubleValue: double },
})
const attributesOnce: Check = (value, path) => {
  const problem = list(message({ required: { key: name, value: anyValue } }))(value, path)
  if (problem !== undefined) return problem
  const keys = (value as { key: string }[]).map(({ key }) => key)
  return new Set(keys).size === keys.length ? undefined : `${path} has a key twice`
}
const resource = message({ required: { attributes: attributesOnce } })
const scope = message({ required: { name }, optional: { version: text } })

const span = message({
  required: {
    traceId: hex(32),
    spanId: hex(16),
    name,
    kind: is('kind', (value) => [1, 2, 3, 4, 5].includes(Number(value)) && typeof value === 'number'),
    startTimeUnixNano: long,
    endTimeUnixNano: long,
  },
  optional: {
    parentSpanId: hex(16),
    traceState: text,
    flags: small,
    attributes: attributesOnce,
    status: message({
      optional: { code: is('status', (value) => [0, 1, 2].includes(value as number)), message: text },
    }),
  },
})
const exportTraceServiceRequest = message({
  required: {
    resourceSpans: list(
      message({
        required: { resource, scopeSpans: list(message({ required: { scope, spans: list(span) } })) },
      }),
    ),
  },
})

const times = { startTimeUnixNano: long, timeUnixNano: long }
const temporality = is('temporality', (value) => value === 1 || value === 2)
const numberPoint = message({
  required: { ...times, attributes: attributesOnce },
  oneOf: { asInt: signedLong, asDouble: double },
})
const histogramShape = message({
  required: {
    ...times,
    attributes: attributesOnce,
    count: long,
    sum: double,
    bucketCounts: list(long),
    explicitBounds: list(double),
  },
  optional: { min: double, max: double },
})
/** Buckets are one more than bounds, and add up to the count. */
const histogramPoint: Check = (value, path) => {
  const problem = histogramShape(value, path)
  if (problem !== undefined) return problem
  const { count, bucketCounts, explicitBounds } = value as {
    count: string
    bucketCounts: string[]
    explicitBounds: number[]
  }
  if (bucketCounts.length !== explicitBounds.length + 1) return `${path} has as many buckets as bounds`
  const sum = bucketCounts.reduce((total, each) => total + Number(each), 0)
  return sum === Number(count) ? undefined : `${path} counts ${count}, and its buckets ${sum}`
}
const metric = message({
  required: { name, unit: text },
  oneOf: {
    sum: message({
      required: { dataPoints: list(numberPoint), aggregationTemporality: temporality, isMonotonic: flag },
    }),
    histogram: message({ required: { dataPoints: list(histogramPoint), aggregationTemporality: temporality } }),
  },
})
const exportMetricsServiceRequest = message({
  required: {
    resourceMetrics: list(
      message({
        required: { resource, scopeMetrics: list(message({ required: { scope, metrics: list(metric) } })) },
      }),
    ),
  },
})
