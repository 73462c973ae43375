// The bare yardstick of a static answer: node:http and nothing else.
import { createServer } from 'node:http'

const body = JSON.stringify({
  id: 'pet-000042',
  name: 'Rufus',
  kind: 'dog',
  price: 249.99,
  tags: ['brown', 'large', 'friendly'],
  owner: { id: 'own-7', city: 'Hamburg' },
}).padEnd(150, ' ')

createServer((_request, response) => {
  response.writeHead(200, [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'x-request-id',
    crypto.randomUUID(),
  ])
  response.end(body)
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'))
