// OTLP's common messages in their JSON form: ids are hexadecimal, 64-bit integers are text, names are camelCase. Specification: OTLP 1.x, "JSON Protobuf Encoding".

export interface KeyValue {
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly boolValue: boolean }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
}

export interface Resource {
  readonly attributes: readonly KeyValue[]
}

export interface InstrumentationScope {
  readonly name: string
  readonly version: string
}

type Value = string | number | boolean

/** Longer texts are cut: a batch must have a bound. */
const longestText = 2_048

/** Members that are undefined are left out. */
export function attributesOf(members: Readonly<Record<string, Value | undefined>>): KeyValue[] {
  return Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [attribute(key, value)]))
}

export function attribute(key: string, value: Value): KeyValue {
  if (typeof value === 'boolean') return { key, value: { boolValue: value } }
  if (typeof value === 'string') return { key, value: { stringValue: value.slice(0, longestText) } }
  return { key, value: Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
}

/** Epoch milliseconds, with a fraction or without, as nanoseconds in text; exact to the microsecond. */
export function nanosOf(epochMs: number): string {
  return `${Math.round(epochMs * 1000)}000`
}
