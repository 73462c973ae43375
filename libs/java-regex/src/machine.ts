// Runs programs on a backtracking machine with a stack of its own, which never repeats what has failed at a place before.
import { holds } from './assertions.ts'
import { sameButCase } from './case.ts'
import { has } from './code-points.ts'
import { RegexFault } from './fault.ts'
import type { Instruction, Look, MachineProgram, Program } from './program.ts'

/** Runs of one program over one subject: their captures, and the steps that they may still take together. */
export interface Machine {
  readonly program: MachineProgram
  readonly subject: string
  /** Where groups begin and end (2n, 2n + 1), -1 where they have not matched; group 0 is the match. Then the starts of loops' rounds. */
  readonly slots: Int32Array
  /** The alternatives to return to: pairs of a program counter and a position, or of ~slot and the value it had. */
  readonly stack: number[]
  readonly visited: Map<Program, Visited>
  stepsLeft: number
}

/** The pairs of a split and a position that have failed: one bit each, and the list of words that were written to. */
interface Visited {
  readonly bits: Uint32Array
  readonly touched: number[]
}

const maxVisitedBits = 2 ** 27

/** A machine for a subject. @throws RegexFault from its runs, when they take more than `maxSteps` steps */
export function startMachine(program: MachineProgram, subject: string, maxSteps: number): Machine {
  const slots = new Int32Array(program.slotCount)
  return { program, subject, slots, stack: [], visited: new Map(), stepsLeft: maxSteps }
}

/** Looks for the first match at or behind `from`; its place is then in the slots. `whole`: it must be all of the subject. */
export function runMachine(machine: Machine, from: number, whole: boolean): boolean {
  const { program, subject, slots } = machine
  const last = whole ? from : subject.length
  for (
    let start = from;
    start <= last;
    start += program.knowsPairs && (subject.codePointAt(start) ?? 0) > 0xffff ? 2 : 1
  ) {
    slots.fill(-1)
    const end = run(machine, program, start, whole ? subject.length : -1)
    if (end === -1) continue
    slots[0] = start
    slots[1] = end
    machine.stack.length = 0
    forget(machine, program)
    return true
  }
  return false
}

/** Runs a program from a position and gives the position behind its match, -1 for none. `target`: where the match must end, unless -1. */
function run(machine: Machine, program: Program, start: number, target: number): number {
  const { slots, stack } = machine
  const base = stack.length
  let pc = 0
  let position = start
  while (true) {
    const instruction = program.code[pc]
    if (instruction === undefined) return -1
    spend(machine, 1)
    if (instruction.op === 'jump') {
      pc = instruction.to
      continue
    } else if (instruction.op === 'split') {
      if (isNew(machine, program, instruction.split, position)) {
        stack.push(instruction.second, position)
        pc = instruction.first
        continue
      }
    } else if (instruction.op === 'progress') {
      pc = slots[instruction.slot] === position ? instruction.exit : pc + 1
      continue
    } else if (instruction.op === 'accept') {
      if (target === -1 || position === target) {
        settle(stack, base)
        return position
      }
    } else {
      const next = step(machine, instruction, position)
      if (next !== -1) {
        position = next
        pc++
        continue
      }
    }
    if (!goBack(machine, base)) return -1
    position = stack.pop() ?? 0
    pc = stack.pop() ?? 0
  }
}

function spend(machine: Machine, steps: number): void {
  machine.stepsLeft -= steps
  if (machine.stepsLeft < 0) throw new RegexFault('The subject takes the pattern more steps than its budget allows', -1)
}

/** Undoes captures down to the latest alternative, which is left on top; false when there is none above `base`. */
function goBack({ stack, slots }: Machine, base: number): boolean {
  while (stack.length > base) {
    const what = stack[stack.length - 2] ?? 0
    if (what >= 0) return true
    slots[~what] = stack.pop() ?? -1
    stack.pop()
  }
  return false
}

/** Gives up a finished run's alternatives, but keeps what undoes its captures, should a run around it go back. */
function settle(stack: number[], base: number): void {
  let kept = base
  for (let at = base; at < stack.length; at += 2) {
    const what = stack[at] ?? 0
    if (what >= 0) continue
    stack[kept++] = what
    stack[kept++] = stack[at + 1] ?? -1
  }
  stack.length = kept
}

/**
 * Whether a split is seen at a position for the first time; if not, what follows from there has failed before and would fail again.
 * That makes a run linear in the subject.
 */
function isNew(machine: Machine, program: Program, split: number, position: number): boolean {
  if (!machine.program.isPlaceBound) return true
  let visited = machine.visited.get(program)
  if (visited === undefined) {
    const size = program.splitCount * (machine.subject.length + 1)
    if (size > maxVisitedBits) throw new RegexFault('The subject is too long for the pattern', -1)
    visited = { bits: new Uint32Array((size >> 5) + 1), touched: [] }
    machine.visited.set(program, visited)
  }
  const bit = split * (machine.subject.length + 1) + position
  const word = bit >> 5
  const before = visited.bits[word] ?? 0
  const after = before | (1 << (bit & 31))
  if (after >>> 0 === before) return false
  if (before === 0) visited.touched.push(word)
  visited.bits[word] = after
  return true
}

/** Clears what was visited: after a success the places on its way have been seen, but have not failed. */
function forget({ visited }: Machine, program: Program): void {
  const seen = visited.get(program)
  if (seen === undefined) return
  for (const word of seen.touched) seen.bits[word] = 0
  seen.touched.length = 0
}

type Step = Extract<Instruction, { op: 'set' | 'save' | 'assert' | 'look' | 'atomic' | 'backreference' }>

/** Takes an instruction that leads to the next one, and gives the position there, or -1. */
function step(machine: Machine, instruction: Step, position: number): number {
  const { subject, slots, stack } = machine
  switch (instruction.op) {
    case 'set': {
      const codePoint = subject.codePointAt(position)
      if (codePoint === undefined || !has(instruction.set, codePoint)) return -1
      return position + (codePoint > 0xffff ? 2 : 1)
    }
    case 'save':
      stack.push(~instruction.slot, slots[instruction.slot] ?? -1)
      slots[instruction.slot] = position
      return position
    case 'assert':
      return holds[instruction.assertion](subject, position) ? position : -1
    case 'look':
      return look(machine, instruction.look, position) ? position : -1
    case 'atomic': {
      const end = run(machine, instruction.body, position, -1)
      if (end !== -1) forget(machine, instruction.body)
      return end
    }
    default:
      return repeatGroup(machine, instruction, position)
  }
}

function look(machine: Machine, { body, ahead, negated, lengths }: Look, position: number): boolean {
  const base = machine.stack.length
  const found = ahead ? run(machine, body, position, -1) !== -1 : lookBehind(machine, body, lengths, position)
  if (found) forget(machine, body)
  if (found && negated) {
    while (goBack(machine, base)) machine.stack.length -= 2
  }
  return found !== negated
}

function lookBehind(machine: Machine, body: Program, [min, max]: readonly [number, number], position: number): boolean {
  const earliest = Math.max(0, position - max)
  for (let start = position - min; start >= earliest; start--) {
    if (run(machine, body, start, position) !== -1) return true
  }
  // The marks are cleared, because what failed to end here may still end elsewhere.
  forget(machine, body)
  return false
}

function repeatGroup(
  machine: Machine,
  { group, folding }: Extract<Step, { op: 'backreference' }>,
  position: number,
): number {
  const { subject, slots } = machine
  const start = slots[2 * group] ?? -1
  const end = slots[2 * group + 1] ?? -1
  if (group > machine.program.groupCount || start === -1 || end === -1 || position + end - start > subject.length)
    return -1
  spend(machine, end - start)
  for (let offset = 0; offset < end - start; offset++) {
    if (!sameButCase(subject.charCodeAt(start + offset), subject.charCodeAt(position + offset), folding)) return -1
  }
  return position + end - start
}
