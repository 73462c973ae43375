// What every registry of connections has to do: the suite that each adapter runs against itself.
import { describe, expect, test } from 'vitest'
import type { ConnectionAddress, ConnectionHolder, ConnectionInfo, Connections } from './connections.ts'

const info: ConnectionInfo = { connectedAtMs: 1, lastActiveAtMs: 2, sourceIp: '127.0.0.1', userAgent: 'test' }

/** A node that holds what it is told to hold, and writes down what it was asked. */
class Node implements ConnectionHolder {
  readonly held = new Set<string>()
  readonly asked: string[] = []

  push({ connectionId }: ConnectionAddress, data: Uint8Array): 'sent' | 'gone' | 'full' {
    this.asked.push(`push ${connectionId} ${Buffer.from(data).toString()}`)
    if (data.length > 8) return 'full'
    return this.held.has(connectionId) ? 'sent' : 'gone'
  }

  info({ connectionId }: ConnectionAddress): ConnectionInfo | undefined {
    return this.held.has(connectionId) ? info : undefined
  }

  close({ connectionId }: ConnectionAddress): boolean {
    return this.held.delete(connectionId)
  }
}

const address = (connectionId: string): ConnectionAddress => ({
  connectionId,
  account: '000000000000',
  stage: { apiId: 'a', stageName: 's' },
})
const bytes = (text: string): Uint8Array => Buffer.from(text)

/** `open` gives a new, empty registry each time. */
export function connectionsContract(name: string, open: () => Connections): void {
  describe(`${name} as a registry of connections`, () => {
    test('reaches a connection on the node that registered it, and on no other', async () => {
      const connections = open()
      const [here, there] = [new Node(), new Node()]
      const membership = connections.join(here)
      connections.join(there).register('c2')
      there.held.add('c2')
      membership.register('c1')
      here.held.add('c1')
      expect(await connections.push(address('c1'), bytes('hello'))).toBe('sent')
      expect(await connections.push(address('c2'), bytes('you'))).toBe('sent')
      expect(here.asked).toEqual(['push c1 hello'])
      expect(there.asked).toEqual(['push c2 you'])
      expect(await connections.info(address('c2'))).toEqual(info)
      expect(await connections.close(address('c2'))).toBe(true)
      expect(there.held.has('c2')).toBe(false)
    })

    test('says that a connection is gone when nobody registered it or it was forgotten', async () => {
      const connections = open()
      const node = new Node()
      const membership = connections.join(node)
      expect(await connections.push(address('never'), bytes('x'))).toBe('gone')
      expect(await connections.info(address('never'))).toBeUndefined()
      expect(await connections.close(address('never'))).toBe(false)
      membership.register('c1')
      node.held.add('c1')
      membership.forget('c1')
      expect(await connections.push(address('c1'), bytes('x'))).toBe('gone')
      expect(node.asked).toEqual([])
    })

    test('forgets all connections of a node that leaves, and keeps those of others', async () => {
      const connections = open()
      const [leaving, staying] = [new Node(), new Node()]
      const membership = connections.join(leaving)
      membership.register('c1')
      membership.register('c2')
      connections.join(staying).register('c3')
      for (const id of ['c1', 'c2']) leaving.held.add(id)
      staying.held.add('c3')
      membership.leave()
      expect(await connections.info(address('c1'))).toBeUndefined()
      expect(await connections.push(address('c2'), bytes('x'))).toBe('gone')
      expect(await connections.info(address('c3'))).toEqual(info)
    })

    test('passes on what the node says of a client that does not read', async () => {
      const connections = open()
      const node = new Node()
      connections.join(node).register('c1')
      expect(await connections.push(address('c1'), bytes('much too long'))).toBe('full')
    })

    test('takes any text for an id', async () => {
      const connections = open()
      const node = new Node()
      const membership = connections.join(node)
      for (const id of ['__proto__', 'constructor', '']) {
        expect(await connections.info(address(id))).toBeUndefined()
        membership.register(id)
        node.held.add(id)
        expect(await connections.info(address(id))).toEqual(info)
      }
    })
  })
}
