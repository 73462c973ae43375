// Uses V8's linear-time engine: finds out which patterns it takes, and makes V8 fall back to it when backtracking grows too long.
import { setFlagsFromString } from 'node:v8'

const linearFlag = 'l'
let available: boolean | undefined

/**
 * Whether V8 can run a RegExp source (without flags) in linear time, so that no subject makes it hang.
 * The first call sets `--enable-experimental-regexp-engine-on-excessive-backtracks` for the whole process: from then on V8 moves any
 * regular expression that has backtracked 50,000 times to the linear engine, if that can run it.
 */
export function runsInLinearTime(source: string): boolean {
  if (available === undefined) {
    setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
    available = compilesLinear('a')
  }
  return available && compilesLinear(source)
}

/** Asks V8 itself, by compiling with the flag `l`, which it knows only while its experimental engine is on. */
function compilesLinear(source: string): boolean {
  setFlagsFromString('--enable-experimental-regexp-engine')
  try {
    return new RegExp(source, linearFlag) instanceof RegExp
  } catch {
    return false
  } finally {
    setFlagsFromString('--no-enable-experimental-regexp-engine')
  }
}
