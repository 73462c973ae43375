// The bare yardstick of a WebSocket echo: the `ws` library and nothing else.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1', perMessageDeflate: false }, () =>
  process.stdout.write('ready\n'),
)
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
