// The first message of a TLS handshake: which host the client wants to speak to, before anything is answered. RFC 8446, 4.1.2.

/** What is known so far: more bytes are needed, or the server name that the hello has (undefined: it has none, or is no hello). */
export type Hello = { readonly isWhole: false } | { readonly isWhole: true; readonly serverName: string | undefined }

const nameless: Hello = { isWhole: true, serverName: undefined }
const partial: Hello = { isWhole: false }

/** A hello is short; whatever goes on for longer than this is none. */
const longestHelloBytes = 65_536

const handshakeRecord = 22
const clientHello = 1
const serverNameExtension = 0
const hostNameType = 0

/** Reads the bytes that a connection began with. The server name is in lower case. */
export function readHello(bytes: Buffer): Hello {
  const message = handshakeMessage(bytes)
  if (message === undefined) return bytes.length > longestHelloBytes ? nameless : partial
  if (message[0] !== clientHello) return nameless
  try {
    return { isWhole: true, serverName: serverNameOf(message) }
  } catch (error) {
    // A length that points beyond the message: TLS itself will refuse it.
    if (error instanceof RangeError) return nameless
    throw error
  }
}

/**
 * The first handshake message, put together from its records; undefined while bytes are missing. Records that are of another
 * kind, or empty (which none may be: RFC 8446, 5.1), give an empty one.
 */
function handshakeMessage(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  let gathered = 0
  let messageBytes: number | undefined
  for (let at = 0; at + 5 <= bytes.length;) {
    if (bytes[at] !== handshakeRecord) return Buffer.alloc(1)
    const end = at + 5 + bytes.readUInt16BE(at + 3)
    if (end === at + 5) return Buffer.alloc(1)
    if (end > bytes.length) return undefined
    parts.push(bytes.subarray(at + 5, end))
    gathered += end - at - 5
    // Put together twice at most, not for each record: a client may send thousands.
    if (gathered >= 4) messageBytes ??= 4 + Buffer.concat(parts).readUIntBE(1, 3)
    if (messageBytes !== undefined && gathered >= messageBytes) return Buffer.concat(parts)
    at = end
  }
  return undefined
}

function serverNameOf(message: Buffer): string | undefined {
  // Type, length, version and random come first.
  let at = 4 + 2 + 32
  at += 1 + message.readUInt8(at)
  at += 2 + message.readUInt16BE(at)
  at += 1 + message.readUInt8(at)
  if (at === message.length) return undefined
  const end = at + 2 + message.readUInt16BE(at)
  at += 2
  while (at < end) {
    const type = message.readUInt16BE(at)
    const length = message.readUInt16BE(at + 2)
    // List length, name type, name length, name.
    if (type === serverNameExtension && length > 5 && message.readUInt8(at + 6) === hostNameType) {
      return message.toString('latin1', at + 9, at + 9 + message.readUInt16BE(at + 7)).toLowerCase()
    }
    at += 4 + length
  }
  return undefined
}
