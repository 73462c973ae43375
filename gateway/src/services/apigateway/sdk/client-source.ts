// The part of a JavaScript client that is the same for every API: sending a request, and signing it with Signature Version 4.

/** The text of `lib/send.js`. */
export const sendSource = `// Sends one request: fills the path, adds the query and the headers, signs it where the method asks for it.
import { sign } from './sigv4.js'

/** What a call rejects with when the answer's status is not 2xx; \`response\` is the answer. */
export class ApiError extends Error {
  constructor(response) {
    super(\`the API answered \${response.status}\`)
    this.name = 'ApiError'
    this.response = response
  }
}

export async function send(config, call, params = {}, body = undefined, additional = {}) {
  const query = new URLSearchParams()
  const headers = new Headers()
  let path = call.path
  for (const [name, place, required] of call.parameters) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    if (value === undefined || value === null) {
      if (required) throw new TypeError(\`\${call.name} needs the parameter \${name}\`)
    } else if (place === 'path') path = fill(path, name, String(value))
    else if (place === 'header') headers.set(name, String(value))
    else for (const each of [value].flat()) query.append(name, String(each))
  }
  for (const [name, value] of Object.entries(additional.queryParams ?? {})) query.append(name, String(value))
  for (const [name, value] of Object.entries(additional.headers ?? {})) headers.set(name, String(value))
  const text = body === undefined || call.verb === 'GET' || call.verb === 'HEAD' ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  if (!headers.has('Accept')) headers.set('Accept', config.defaultAcceptType)
  if (text !== undefined && !headers.has('Content-Type')) headers.set('Content-Type', config.defaultContentType)
  if (config.apiKey) headers.set('x-api-key', config.apiKey)
  const url = new URL(config.invokeUrl + (path === '/' ? '' : path))
  url.search = query.toString().replaceAll('+', '%20')
  if (call.signed && config.accessKey) await sign(config, call.verb, url, headers, text ?? '')
  const answer = await fetch(url, { method: call.verb, headers, body: text })
  const raw = await answer.text()
  const isJson = /[/+]json/i.test(answer.headers.get('content-type') ?? '')
  const response = {
    status: answer.status,
    statusText: answer.statusText,
    headers: Object.fromEntries(answer.headers),
    data: isJson ? parsed(raw) : raw,
  }
  if (!answer.ok) throw new ApiError(response)
  return response
}

/** A greedy parameter keeps its slashes. */
function fill(path, name, value) {
  const greedy = value.split('/').map(encodeURIComponent).join('/')
  return path.replaceAll(\`{\${name}+}\`, () => greedy).replaceAll(\`{\${name}}\`, () => encodeURIComponent(value))
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
`

/** The text of `lib/sigv4.js`. */
export const signSource = `// AWS Signature Version 4 for the service execute-api, with the platform's own Web Crypto.
const encoder = new TextEncoder()

export async function sign(config, method, url, headers, body) {
  const date = new Date().toISOString().replace(/[-:]|\\.\\d+/g, '')
  const scope = \`\${date.slice(0, 8)}/\${config.region}/execute-api/aws4_request\`
  headers.set('x-amz-date', date)
  if (config.sessionToken) headers.set('x-amz-security-token', config.sessionToken)
  const signed = [['host', url.host], ...headers].filter(([name]) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-'))
  signed.sort(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const query = [...url.searchParams].map(([name, value]) => \`\${encode(name)}=\${encode(value)}\`).sort().join('&')
  const request = [
    method,
    url.pathname.split('/').map(encode).join('/'),
    query,
    ...signed.map(([name, value]) => \`\${name}:\${value.trim().replace(/ +/g, ' ')}\`),
    '',
    names,
    await sha256(body),
  ].join('\\n')
  const toSign = ['AWS4-HMAC-SHA256', date, scope, await sha256(request)].join('\\n')
  let key = encoder.encode(\`AWS4\${config.secretKey}\`)
  for (const part of scope.split('/')) key = await hmac(key, part)
  const signature = hex(await hmac(key, toSign))
  headers.set(
    'Authorization',
    \`AWS4-HMAC-SHA256 Credential=\${config.accessKey}/\${scope}, SignedHeaders=\${names}, Signature=\${signature}\`,
  )
}

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => \`%\${each.charCodeAt(0).toString(16).toUpperCase()}\`)
}

async function sha256(text) {
  return hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
}

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', imported, encoder.encode(text))
}

function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
`
