// Reading the first bytes of a TLS connection: the host name, or that there is none.
import { connect as connectPlain, createServer, type AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readHello } from './client-hello.ts'

/** What a TLS client sends first. */
async function helloOf(servername: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (!readHello(Buffer.concat(chunks)).isWhole) return
        socket.destroy()
        server.close(() => resolve(Buffer.concat(chunks)))
      })
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      connect({ socket: connectPlain(port, '127.0.0.1'), servername }).on('error', () => {})
    })
  })
}

describe('a real hello', () => {
  let hello: Buffer
  beforeAll(async () => {
    hello = await helloOf('API.Example.com')
  })

  test('tells its server name, in lower case', async () => {
    expect(readHello(hello)).toEqual({ isWhole: true, serverName: 'api.example.com' })
    expect(readHello(await helloOf(''))).toEqual({ isWhole: true, serverName: undefined })
  })

  test('is not whole before its last byte', () => {
    for (let length = 0; length < hello.length; length++) {
      expect(readHello(hello.subarray(0, length))).toEqual({ isWhole: false })
    }
  })

  test('may come in records of any size', () => {
    const message = hello.subarray(5)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: message.length }), (size) => {
        const records: Buffer[] = []
        for (let at = 0; at < message.length; at += size) {
          const part = message.subarray(at, at + size)
          records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part)
        }
        expect(readHello(Buffer.concat(records))).toEqual({ isWhole: true, serverName: 'api.example.com' })
      }),
    )
  })

  test('that is damaged never breaks the reader', () => {
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(hello)
        damaged[at] = byte
        expect(() => readHello(damaged)).not.toThrow()
      }),
    )
  })
})

test('the bytes of a hello are put together once, however many records they come in', () => {
  const record = Buffer.from([22, 3, 1, 0, 1, 1])
  const concat = vi.spyOn(Buffer, 'concat')
  try {
    expect(readHello(Buffer.alloc(6 * 10_000, record))).toEqual({ isWhole: false })
    expect(concat).toHaveBeenCalledTimes(1)
  } finally {
    concat.mockRestore()
  }
})

test('bytes that are no hello are whole, and name nobody', () => {
  expect(readHello(Buffer.from('GET / HTTP/1.1\r\n'))).toEqual({ isWhole: true, serverName: undefined })
  expect(readHello(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]))).toEqual({ isWhole: true, serverName: undefined })
  // An empty record is allowed to nobody, and would be the cheapest way to have thousands of them read.
  expect(readHello(Buffer.from([22, 3, 1, 0, 0]))).toEqual({ isWhole: true, serverName: undefined })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readHello(Buffer.from(bytes))))
})
