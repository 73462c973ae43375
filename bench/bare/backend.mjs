// The backend of the proxy cases where nginx is not installed.
import { createServer } from 'node:http'

const bodies = new Map([
  ['/64k', 'x'.repeat(65_536)],
  ['/1m', 'x'.repeat(1_048_576)],
])
const small = JSON.stringify({ id: 'pet-000042', name: 'Rufus' }).padEnd(150, ' ')

createServer((request, response) => {
  const body = bodies.get(request.url) ?? small
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'))
