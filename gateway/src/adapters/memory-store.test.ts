// The in-memory store against the store contract.
import { storeContract } from '../ports/store.contract.ts'
import { createMemoryStore } from './memory-store.ts'

storeContract('memory', createMemoryStore)
