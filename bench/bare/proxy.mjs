// The bare yardstick of a proxy: node:http and undici's Pool.dispatch, headers copied, two added, nothing else.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [, , port, backendPort] = process.argv
const pool = new Pool(`http://127.0.0.1:${backendPort}`, { connections: 256, pipelining: 1 })
const hop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'host'])

function copied(raw) {
  const headers = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index].toString('latin1')
    if (!hop.has(name.toLowerCase())) headers.push(name, raw[index + 1].toString('latin1'))
  }
  return headers
}

class Handler {
  constructor(response) {
    this.response = response
  }
  onRequestStart() {}
  onResponseStart(controller, status) {
    this.response.writeHead(status, copied(controller.rawHeaders))
  }
  onResponseData(_controller, chunk) {
    this.response.write(chunk)
  }
  onResponseEnd() {
    this.response.end()
  }
  onResponseError() {
    this.response.destroy()
  }
}

createServer((request, response) => {
  const headers = copied(request.rawHeaders)
  headers.push('x-forwarded-for', request.socket.remoteAddress, 'x-request-id', crypto.randomUUID())
  const body = request.headers['content-length'] === undefined ? null : request
  pool.dispatch({ path: request.url, method: request.method, headers, body }, new Handler(response))
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
