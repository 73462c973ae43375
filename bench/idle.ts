// Idle keep-alive connections: what each keeps in memory after one request, next to a bare node:http server.
import { connect, type Socket } from 'node:net'
import type { Program } from './process.ts'
import { startSluice } from './programs.ts'
import { startNode } from './yardsticks.ts'

const connections = 15_000
const barePort = 18_083

export interface IdleResult {
  readonly program: string
  readonly connections: number
  readonly kilobytesEach: number
}

export async function measureIdle(backendPort: number): Promise<readonly IdleResult[]> {
  const bare = await startNode('static', barePort, 0)
  const results = [await measure('bare node', bare, `http://127.0.0.1:${barePort}/static`)]
  const sluice = await startSluice(backendPort)
  results.push(await measure('sluice MOCK', sluice, sluice.url('static', '/static')))
  for (const { program, kilobytesEach } of results) {
    process.stdout.write(
      `idle HTTP: ${program.padEnd(11)} ${connections} connections, ${kilobytesEach.toFixed(1)} KB each\n`,
    )
  }
  return results
}

async function measure(program: string, running: Program, url: string): Promise<IdleResult> {
  const sockets: Socket[] = []
  try {
    // Code and caches are warm before the empty process is weighed.
    for (let index = 0; index < 200; index++) sockets.push(await open(url))
    const emptyMb = running.residentMb()
    while (sockets.length < connections) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(url)))))
    }
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const kilobytesEach = ((running.residentMb() - emptyMb) * 1024) / (connections - 200)
    return { program, connections, kilobytesEach }
  } finally {
    for (const socket of sockets) socket.destroy()
    await running.stop()
  }
}

/** A connection that has had its one answer. */
function open(url: string): Promise<Socket> {
  const { hostname, port, pathname, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', reject)
    socket.once('data', () => resolve(socket))
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n\r\n`)
  })
}
