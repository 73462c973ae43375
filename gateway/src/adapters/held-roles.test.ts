// Roles that were taken on: when a session is made, renewed and forgotten, and what an unknown role is.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../ports/store.ts'
import { RoleFault, type RoleSession } from '../ports/roles.ts'
import { VirtualClock } from './clocks.ts'
import { createHeldRoles, type HeldRolesParts } from './held-roles.ts'
import { createMemoryStore } from './memory-store.ts'

const hourMs = 3_600_000
const own = { arn: 'arn:aws:iam::000000000000:role/api', isOwn: true }
const refused = `API Gateway does not have permission to assume the provided role ${own.arn}`

let clock: VirtualClock
let store: Store
let made: number
let told: object[]

beforeEach(() => {
  clock = new VirtualClock(0)
  store = createMemoryStore()
  made = 0
  told = []
})

afterEach(() => store.close())

/** Sessions of one hour, numbered. */
const counted = async (): Promise<RoleSession> => ({
  credentials: { accessKeyId: `ASIA${++made}`, secretAccessKey: 's', sessionToken: 't' },
  expiresAtMs: clock.now() + hourMs,
  known: undefined,
})
const nothing = async (): Promise<undefined> => undefined
const refusing = (arn: string) => async (): Promise<undefined> => {
  made++
  throw new RoleFault(arn)
}

function open(more: Partial<HeldRolesParts> = {}): ReturnType<typeof createHeldRoles> {
  const log = { info: (fields: object) => void told.push(fields), warn: (fields: object) => void told.push(fields) }
  return createHeldRoles({ store, clock, log, own: counted, aws: undefined, trustsUnknown: false, ...more })
}

const keyOf = (session: RoleSession | undefined): string | undefined => session?.credentials.accessKeyId

/** What is held, which must not have to be waited for. */
function held(roles: ReturnType<typeof open>, audience: 'gateway' | 'aws' = 'gateway'): string | undefined {
  const session = roles.assume(own, audience)
  if (session instanceof Promise) throw new Error('nothing is held')
  return keyOf(session)
}

async function change(kind: 'Role' | 'RestApi'): Promise<void> {
  await store.transact({ account: '000000000000', region: 'global' }, async (transaction) => {
    transaction.delete(kind, ['api'])
  })
}

describe('a session', () => {
  test('is made once for all who ask at once, and then at hand', async () => {
    const roles = open()
    const sessions = await Promise.all([1, 2, 3].map(async () => roles.assume(own, 'gateway')))
    expect(sessions.map(keyOf)).toEqual(['ASIA1', 'ASIA1', 'ASIA1'])
    expect(held(roles)).toBe('ASIA1')
    expect(made).toBe(1)
  })

  test('is renewed in its last five minutes, while the old one serves', async () => {
    const roles = open()
    await roles.assume(own, 'gateway')
    clock.advance(hourMs - 300_001)
    expect(held(roles)).toBe('ASIA1')
    expect(made).toBe(1)
    clock.advance(1)
    expect(held(roles)).toBe('ASIA1')
    await expect.poll(() => held(roles)).toBe('ASIA2')
    expect(made).toBe(2)
  })

  test('that nobody asked for in time is made anew before it is used', async () => {
    const roles = open()
    await roles.assume(own, 'gateway')
    clock.advance(hourMs - 30_000)
    expect(keyOf(await roles.assume(own, 'gateway'))).toBe('ASIA2')
  })

  test('of less than five minutes is renewed at half its life, not at each call', async () => {
    const roles = open({
      own: async () => ({ ...(await counted()), expiresAtMs: clock.now() + 120_000 }),
    })
    await roles.assume(own, 'gateway')
    clock.advance(59_999)
    expect(held(roles)).toBe('ASIA1')
    expect(made).toBe(1)
  })

  test('is forgotten when a role changes, and kept when anything else does', async () => {
    const roles = open()
    await roles.assume(own, 'gateway')
    await change('RestApi')
    expect(held(roles)).toBe('ASIA1')
    await change('Role')
    expect(keyOf(await roles.assume(own, 'gateway'))).toBe('ASIA2')
  })

  test('that was being made when a role changed is not kept', async () => {
    const roles = open()
    const making = roles.assume(own, 'gateway')
    await change('Role')
    await making
    expect(keyOf(await roles.assume(own, 'gateway'))).toBe('ASIA2')
  })
})

describe('a refusal', () => {
  test('holds for five seconds', async () => {
    const roles = open({ own: refusing(own.arn) })
    await expect(roles.assume(own, 'gateway')).rejects.toThrow(refused)
    expect(() => roles.assume(own, 'gateway')).toThrow(refused)
    expect(made).toBe(1)
    clock.advance(5_000)
    await expect(roles.assume(own, 'gateway')).rejects.toThrow(refused)
    expect(made).toBe(2)
  })

  test('of a renewal leaves the session until it ends', async () => {
    const answers = [counted, refusing(own.arn)]
    const roles = open({ own: nothing, aws: () => (answers.shift() ?? counted)() })
    const role = { ...own, isOwn: false }
    await roles.assume(role, 'gateway')
    clock.advance(hourMs - 300_000)
    expect(keyOf((await roles.assume(role, 'gateway')) ?? undefined)).toBe('ASIA1')
    await expect.poll(() => made).toBe(2)
    clock.advance(4_999)
    expect(keyOf((await roles.assume(role, 'gateway')) ?? undefined)).toBe('ASIA1')
    expect(made).toBe(2)
    clock.advance(1)
    await roles.assume(role, 'gateway')
    await expect.poll(async () => keyOf((await roles.assume(role, 'gateway')) ?? undefined)).toBe('ASIA3')
  })
})

describe('a role that is not here', () => {
  test('is refused', async () => {
    await expect(open({ own: nothing }).assume(own, 'gateway')).rejects.toThrow(refused)
  })

  test('passes where nobody is verified, and that is said once', async () => {
    const roles = open({ own: nothing, trustsUnknown: true })
    expect(await roles.assume(own, 'gateway')).toBeUndefined()
    expect(held(roles)).toBeUndefined()
    expect(told).toEqual([{ role: own.arn }])
  })

  test('is asked for at AWS where the process may', async () => {
    const roles = open({ own: nothing, aws: counted })
    expect(keyOf(await roles.assume(own, 'gateway'))).toBe('ASIA1')
  })

  test('is refused where AWS refuses it, and why is told', async () => {
    const error = new RoleFault(own.arn, new Error('AccessDenied'))
    const roles = open({ own: nothing, aws: () => Promise.reject(error) })
    await expect(roles.assume(own, 'gateway')).rejects.toBe(error)
    expect(told).toEqual([{ error, role: own.arn }])
  })
})

test('a role of another account is never taken from this gateway', () => {
  expect(() => open().assume({ ...own, isOwn: false }, 'gateway')).toThrow(refused)
  expect(made).toBe(0)
})

test('what goes to AWS itself is never signed with a session of this gateway', async () => {
  expect(() => open().assume(own, 'aws')).toThrow(refused)
  expect(open({ trustsUnknown: true }).assume(own, 'aws')).toBeUndefined()
})
