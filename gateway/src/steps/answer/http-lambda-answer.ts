// What an HTTP API makes of its Lambda function's answer: format 2.0 infers what it can, format 1.0 wants a status. HTTP 5.6, 5.7.
import { fromBase64, utf8 } from '../../nouns/bytes.ts'
import type { Answer } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { appendPassed } from './hop-headers.ts'

type Format = '1.0' | '2.0'

/** Throws HttpFault 500 for an answer that no client could be given. */
export function httpLambdaAnswer(payload: Uint8Array, format: Format): Answer {
  const text = utf8(payload)
  const value = parse(text)
  if (isObject(value) && value['statusCode'] !== undefined) return structured(value, format)
  if (format === '1.0') throw malformed('statusCode')
  return { status: 200, headers: ['Content-Type', 'application/json'], body: typeof value === 'string' ? value : text }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('body')
  }
}

function malformed(field: string): HttpFault {
  return new HttpFault(500, 'Internal Server Error', {
    log: `The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field "${field}"`,
  })
}

function structured(value: Readonly<Record<string, unknown>>, format: Format): Answer {
  const headers: string[] = []
  const seen = new Set<string>()
  const add = (name: string, text: string): void => {
    const key = `${name.toLowerCase()}\n${text}`
    if (seen.has(key)) return
    seen.add(key)
    appendPassed(headers, name, text)
  }
  for (const [name, entry] of entriesOf(value['headers'], 'headers')) add(name, scalar(entry, 'headers'))
  if (format === '1.0') {
    for (const [name, values] of entriesOf(value['multiValueHeaders'], 'multiValueHeaders')) {
      if (!Array.isArray(values)) throw malformed('multiValueHeaders')
      for (const entry of values) add(name, scalar(entry, 'multiValueHeaders'))
    }
  } else {
    for (const cookie of cookiesOf(value['cookies'])) headers.push('Set-Cookie', cookie)
  }
  const hasType = headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')
  // Open choice: only inferred answers are JSON by default.
  if (!hasType) headers.push('Content-Type', 'text/plain;charset=UTF-8')
  return { status: statusOf(value['statusCode']), headers, body: bodyOf(value) }
}

function statusOf(value: unknown): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  // A 1xx would leave the client waiting for the final answer.
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw malformed('statusCode')
  return status
}

function bodyOf(value: Readonly<Record<string, unknown>>): string | Uint8Array {
  const { body, isBase64Encoded } = value as { body?: unknown; isBase64Encoded?: unknown }
  if (body === undefined || body === null) return ''
  if (typeof body !== 'string') throw malformed('body')
  if (isBase64Encoded !== true) return body
  const bytes = fromBase64(body)
  if (bytes === undefined) throw malformed('body')
  return bytes
}

function cookiesOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw malformed('cookies')
  return value.map((cookie) => {
    if (typeof cookie !== 'string') throw malformed('cookies')
    const line: string[] = []
    appendPassed(line, 'Set-Cookie', cookie)
    return line[1] ?? ''
  })
}

function entriesOf(value: unknown, field: string): [string, unknown][] {
  if (value === undefined || value === null) return []
  if (!isObject(value)) throw malformed(field)
  return Object.entries(value)
}

function scalar(value: unknown, field: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null) return ''
  throw malformed(field)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
