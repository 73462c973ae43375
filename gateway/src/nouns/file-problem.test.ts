// Reasons for what the file system refuses.
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileProblem } from './file-problem.ts'

function problemOf(path: string): string {
  try {
    readFileSync(path)
  } catch (error) {
    return fileProblem(error)
  }
  throw new Error(`${path} could be read`)
}

test('says everyday mistakes in plain words, without the name that the sentence already has', () => {
  expect(problemOf(join(tmpdir(), 'no-such-file'))).toBe('there is no such file or folder')
  expect(problemOf(tmpdir())).toBe('it is a folder')
  expect(problemOf(join(import.meta.filename, 'x'))).toBe('a file is where a folder has to be')
})

test('leaves other messages as they are', () => {
  expect(fileProblem(new Error('another process uses it'))).toBe('another process uses it')
  expect(fileProblem(Object.assign(new Error('odd'), { code: '__proto__' }))).toBe('odd')
})
