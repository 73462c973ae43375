// Sealed sessions: only who has the secret can open them, and whatever is handed in, nothing is thrown.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newSessionSecret, openSession, sealSession, type Session } from './session.ts'

const secret = newSessionSecret()
const session: Session = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  account: '000000000000',
  owner: { kind: 'Role', name: 'r', id: 'AROAX' },
  arn: 'arn:aws:sts::000000000000:assumed-role/r/s',
  userId: 'AROAX:s',
  expiresAtMs: 1,
  issuedAtMs: 0,
  origin: 'AssumeRole',
  policy: '{"Statement":[]}',
  tags: { team: 'zoo' },
}

test('a session comes back as it was sealed', () => {
  expect(openSession(secret, sealSession(secret, session))).toEqual(session)
})

test('of one session every token is another one', () => {
  expect(sealSession(secret, session)).not.toBe(sealSession(secret, session))
})

test('a changed token, and one of another secret, open nothing', () => {
  const token = sealSession(secret, session)
  const bytes = Buffer.from(token, 'base64')
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ flip
      expect(openSession(secret, changed.toString('base64'))).toBeUndefined()
    }),
  )
  expect(openSession(newSessionSecret(), token)).toBeUndefined()
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => openSession(secret, text) === undefined))
  expect(openSession(secret, 'A'.repeat(10_000))).toBeUndefined()
})
