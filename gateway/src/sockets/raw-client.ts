// A WebSocket client that says exactly the bytes it is told to, for the protocol's tests. RFC 6455, 5.2.
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameParts {
  readonly opcode: number
  readonly payload?: string | Uint8Array
  /** Whether the message ends here; true when absent. */
  readonly fin?: boolean
  /** The three reserved bits, as a number of 0 to 7. */
  readonly reserved?: number
  readonly masked?: boolean
  /** What the header says of the payload's length, where that is not the truth. */
  readonly declaredBytes?: number
}

const mask = Buffer.from([0x12, 0x34, 0x56, 0x78])

/** A frame's bytes. */
export function frame({ opcode, payload = '', declaredBytes, ...bits }: FrameParts): Buffer {
  const { fin = true, reserved = 0, masked = true } = bits
  const body = Buffer.from(typeof payload === 'string' ? Buffer.from(payload) : payload)
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  const header = Buffer.from([first, ...lengthBytes(declaredBytes ?? body.length, masked ? 0x80 : 0)])
  if (!masked) return Buffer.concat([header, body])
  for (let index = 0; index < body.length; index++) body[index] = (body[index] ?? 0) ^ (mask[index % 4] ?? 0)
  return Buffer.concat([header, mask, body])
}

function lengthBytes(length: number, maskBit: number): number[] {
  if (length < 126) return [maskBit | length]
  if (length < 65_536) return [maskBit | 126, length >> 8, length & 255]
  const bytes = [maskBit | 127]
  for (let shift = 56n; shift >= 0n; shift -= 8n) bytes.push(Number((BigInt(length) >> shift) & 255n))
  return bytes
}

/** A close frame's payload. */
export function closing(code: number, reason: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)])
}

export interface ReceivedFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/** One connection. What the server says is read frame by frame. */
export class RawClient {
  readonly socket: Socket
  private buffer = Buffer.alloc(0)
  private isEnded = false
  private wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk])
      this.wake()
    })
    const end = (): void => {
      this.isEnded = true
      this.wake()
    }
    socket.on('error', end)
    socket.on('close', end)
  }

  /** Connects, says `request`, and reads the answer's head. */
  static async open(port: number, request: string): Promise<{ client: RawClient; head: string }> {
    const socket = connectSocket(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.setNoDelay(true)
    const client = new RawClient(socket)
    socket.write(request)
    while (!client.buffer.includes('\r\n\r\n') && !client.isEnded) await client.more()
    const end = client.buffer.indexOf('\r\n\r\n')
    const head = client.buffer.subarray(0, end < 0 ? client.buffer.length : end).toString()
    client.buffer = client.buffer.subarray(end < 0 ? client.buffer.length : end + 4)
    return { client, head }
  }

  send(...frames: readonly (FrameParts | Buffer)[]): void {
    this.socket.write(Buffer.concat(frames.map((each) => (Buffer.isBuffer(each) ? each : frame(each)))))
  }

  /** Says the bytes one by one, each in a packet of its own as far as the system lets it. */
  async dribble(bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
      this.socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** The next frame; undefined when the server has ended the connection. */
  async next(): Promise<ReceivedFrame | undefined> {
    for (;;) {
      const read = this.take()
      if (read !== undefined) return read
      if (this.isEnded) return undefined
      await this.more()
    }
  }

  /** A close frame's code, from the next frame or the one after the messages before it; undefined when there is none. */
  async closeCode(): Promise<number | undefined> {
    for (let next = await this.next(); next !== undefined; next = await this.next()) {
      if (next.opcode === opcodes.close) return next.payload.length < 2 ? 1005 : next.payload.readUInt16BE(0)
    }
    return undefined
  }

  /** The whole of what the server says until it ends the connection. */
  async rest(): Promise<string> {
    while (!this.isEnded) await this.more()
    return this.buffer.toString()
  }

  close(): void {
    this.socket.destroy()
  }

  private more(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve))
  }

  private take(): ReceivedFrame | undefined {
    const { buffer } = this
    if (buffer.length < 2) return undefined
    const short = (buffer[1] ?? 0) & 127
    const headerBytes = short === 126 ? 4 : short === 127 ? 10 : 2
    if (buffer.length < headerBytes) return undefined
    const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short
    if (buffer.length < headerBytes + length) return undefined
    this.buffer = buffer.subarray(headerBytes + length)
    return { opcode: (buffer[0] ?? 0) & 15, payload: buffer.subarray(headerBytes, headerBytes + length) }
  }
}

/** The request that opens a connection; `headers` replace or, when empty, remove the usual ones. */
export function openingRequest(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  line = `GET ${path} HTTP/1.1`,
): string {
  const all: Record<string, string> = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const lines = Object.entries(all).filter(([, value]) => value !== '')
  return `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
