// A bare node:https answer of 150 bytes: what TLS costs in Node without a gateway. Usage: tls.mjs PORT 0 CERTIFICATE KEY
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const [, , port, , certificate, key] = process.argv
const body = JSON.stringify({
  id: 'pet-000042',
  name: 'Rufus',
  kind: 'dog',
  price: 249.99,
  tags: ['brown', 'large', 'friendly'],
  owner: { id: 'own-7', city: 'Hamburg' },
}).padEnd(150, ' ')

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  request.resume()
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 150 })
  response.end(body)
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
