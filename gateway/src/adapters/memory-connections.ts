// The registry of connections in memory: of one gateway, or of several in one process that share it.
import type { ConnectionHolder, Connections } from '../ports/connections.ts'

export function createMemoryConnections(): Connections {
  const holders = new Map<string, ConnectionHolder>()
  return {
    join: (holder) => ({
      register: (connectionId) => void holders.set(connectionId, holder),
      forget: (connectionId) => {
        if (holders.get(connectionId) === holder) holders.delete(connectionId)
      },
      leave: () => {
        for (const [connectionId, held] of holders) if (held === holder) holders.delete(connectionId)
      },
    }),
    push: async (address, data) => holders.get(address.connectionId)?.push(address, data) ?? 'gone',
    info: async (address) => holders.get(address.connectionId)?.info(address),
    close: async (address) => holders.get(address.connectionId)?.close(address) ?? false,
  }
}
