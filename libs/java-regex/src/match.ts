// Runs a compiled pattern over subjects: on V8 where that is exact and safe, on our own machine elsewhere.
import { RegexFault } from './fault.ts'
import { runsInLinearTime } from './linear.ts'
import { runMachine, startMachine } from './machine.ts'
import type { Machine } from './machine.ts'
import type { Pattern } from './nodes.ts'
import { compileProgram } from './program.ts'
import type { MachineProgram } from './program.ts'
import { translate } from './translate.ts'
import type { Translation } from './translate.ts'

/** One match: where it lies, and a function for the text of its groups (undefined for one that took no part). */
export interface Match {
  readonly start: number
  readonly end: number
  readonly group: (number: number) => string | undefined
}

/** A pattern ready to run. */
export interface Runner {
  matches(subject: string): boolean
  find(subject: string): boolean
  /** Every match in turn, `find()` by `find()`. @throws RegexFault when they take too long */
  all(subject: string): Generator<Match, void>
}

/** Limits of the work for one subject. */
export interface Limits {
  /** Characters times instructions for a pass of V8, steps for our machine. */
  readonly maxSteps: number
  /** Milliseconds for all matches of one subject, besides the microseconds that each takes at the least. */
  readonly maxMs: number
}

/** Prepares a pattern. @throws RegexFault for one that unrolls too far */
export function prepare(pattern: Pattern, limits: Limits): Runner {
  const program = compileProgram(pattern)
  const translation = translate(pattern.root)
  const onMachine = machineRunner(program, limits)
  if (translation === undefined || !runsInLinearTime(translation.source)) return onMachine
  return v8Runner(translation, program, onMachine, limits)
}

// A search that cannot learn from its failures may be exponential; it gets 1/40 of the steps, some 25 ms.
function machineRunner(program: MachineProgram, { maxSteps, maxMs }: Limits): Runner {
  const start = (subject: string): Machine =>
    startMachine(program, subject, program.isPlaceBound ? maxSteps : maxSteps / 40)
  return {
    matches: (subject) => runMachine(start(subject), 0, true),
    find: (subject) => runMachine(start(subject), 0, false),
    *all(subject) {
      const machine = start(subject)
      const checkTime = startTimer(maxMs)
      for (let from = 0; from <= subject.length && runMachine(machine, from, false);) {
        const slots = machine.slots.slice(0, 2 * (program.groupCount + 1))
        const [first = 0, end = 0] = slots
        yield { start: first, end, group: (number) => textOf(subject, slots, number) }
        from = end === first ? end + 1 : end
        checkTime()
      }
    },
  }
}

function textOf(subject: string, slots: Int32Array, number: number): string | undefined {
  const start = slots[2 * number] ?? -1
  const end = slots[2 * number + 1] ?? -1
  return start === -1 || end === -1 ? undefined : subject.slice(start, end)
}

function v8Runner(translation: Translation, program: MachineProgram, onMachine: Runner, limits: Limits): Runner {
  const { source, foreign, exact } = translation
  const whole = new RegExp(`^(?:${source})$`)
  const part = new RegExp(source)
  const maxCharacters = limits.maxSteps / program.instructionCount
  const isFor = (subject: string): boolean => {
    if (foreign.test(subject)) return false
    if (subject.length > maxCharacters) throw new RegexFault('The subject is too long for the pattern', -1)
    return true
  }
  return {
    matches: (subject) => (isFor(subject) ? whole.test(subject) : onMachine.matches(subject)),
    find: (subject) => (isFor(subject) ? part.test(subject) : onMachine.find(subject)),
    all: (subject) => (exact && isFor(subject) ? allByV8(source, subject, limits.maxMs) : onMachine.all(subject)),
  }
}

function* allByV8(source: string, subject: string, maxMs: number): Generator<Match, void> {
  const expression = new RegExp(source, 'g')
  const checkTime = startTimer(maxMs)
  for (let found = expression.exec(subject); found !== null; found = expression.exec(subject)) {
    const groups = found
    const { index, 0: text } = groups
    yield { start: index, end: index + text.length, group: (number) => groups[number] }
    if (text === '') expression.lastIndex++
    checkTime()
  }
}

const msPerMatch = 0.002

/** A check to be made after each match: one search is linear in the subject, but many of them may be quadratic. */
function startTimer(maxMs: number): () => void {
  let deadline = performance.now() + maxMs
  return () => {
    deadline += msPerMatch
    if (performance.now() > deadline) throw new RegexFault('The matches take longer than their budget allows', -1)
  }
}
