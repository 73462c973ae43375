// The X-Ray daemon's datagram: a line that says what follows, and one segment. Security G.4.

const header = '{"format":"json","version":1}'

/** A datagram of UDP over IPv4 carries no more. */
export const mostDatagramBytes = 65_507

export function writeDatagram(document: string): Buffer {
  return Buffer.from(`${header}\n${document}`)
}

/** The segment's document; undefined when the line before it is another. */
export function readDatagram(datagram: Buffer): string | undefined {
  const end = datagram.indexOf('\n')
  if (end < 0) return undefined
  try {
    const { format, version } = JSON.parse(datagram.toString('utf8', 0, end)) as Record<string, unknown>
    return format === 'json' && version === 1 ? datagram.toString('utf8', end + 1) : undefined
  } catch {
    return undefined
  }
}

export interface DaemonAddress {
  readonly host: string
  readonly port: number
}

/** Where `AWS_XRAY_DAEMON_ADDRESS` takes datagrams: `host:port`, or `tcp:host:port udp:host:port`. Undefined when it says neither. */
export function parseDaemonAddress(text: string): DaemonAddress | undefined {
  const parts = text.trim().split(/\s+/)
  const named = parts.find((part) => part.startsWith('udp:'))?.slice('udp:'.length)
  const [, host, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(named ?? text.trim())?.filter(Boolean) ?? []
  const port = Number(digits)
  return host !== undefined && port > 0 && port <= 65_535 ? { host, port } : undefined
}
