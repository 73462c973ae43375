// What the terminal shows of addresses.
import { expect, test } from 'vitest'
import { shellWord } from './table.ts'

test('an address goes into a shell whole: quoted where the shell would take a part of it', () => {
  const plain = 'http://a1.execute-api.localhost:4566/dev/pets'
  expect(shellWord(plain)).toBe(plain)
  expect(shellWord('http://h/_aws/execute-api/a1/$default/pets')).toBe("'http://h/_aws/execute-api/a1/$default/pets'")
  expect(shellWord("/it's")).toBe(`'/it'\\''s'`)
})
