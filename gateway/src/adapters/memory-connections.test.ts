// The in-memory registry of connections against its contract.
import { connectionsContract } from '../ports/connections.contract.ts'
import { createMemoryConnections } from './memory-connections.ts'

connectionsContract('memory', createMemoryConnections)
