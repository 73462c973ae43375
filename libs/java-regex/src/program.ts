// Compiles nodes to the instructions of our own machine, which runs what V8's linear engine cannot.
import type { Folding } from './case.ts'
import type { CodePointSet } from './code-points.ts'
import { RegexFault } from './fault.ts'
import type { Assertion, Node, Pattern } from './nodes.ts'
import { isNullable, lengthsOf, some } from './nodes.ts'

/** Instructions, and the number of splits among them: the places where a run may go two ways. */
export interface Program {
  readonly code: readonly Instruction[]
  readonly splitCount: number
}

export type Instruction =
  | { readonly op: 'set'; readonly set: CodePointSet }
  | { readonly op: 'split'; readonly first: number; readonly second: number; readonly split: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly slot: number }
  /** Leaves a loop when its last round, whose start is in `slot`, has matched nothing. */
  | { readonly op: 'progress'; readonly slot: number; readonly exit: number }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  | { readonly op: 'look'; readonly look: Look }
  | { readonly op: 'atomic'; readonly body: Program }
  | { readonly op: 'backreference'; readonly group: number; readonly folding: Folding }
  | { readonly op: 'accept' }

export interface Look {
  readonly body: Program
  /** The fewest and the most UTF-16 units that the body matches, from which follows where a look-behind may begin. */
  readonly lengths: readonly [min: number, max: number]
  readonly ahead: boolean
  readonly negated: boolean
}

/** A whole pattern for the machine. */
export interface MachineProgram extends Program {
  readonly groupCount: number
  readonly slotCount: number
  /**
   * Whether what happens at a place depends on the place alone, so that what has failed there once fails again. Not so for back-references,
   * and for the groups of loops that may end in an empty round, as in `(a*)*`.
   */
  readonly isPlaceBound: boolean
  /** Whether it knows characters beyond U+FFFF; if not, Java looks for matches between the two halves of such a character, too. */
  readonly knowsPairs: boolean
  readonly instructionCount: number
}

const maxInstructions = 20_000

interface Writer {
  readonly code: Instruction[]
  splitCount: number
  readonly shared: { slotCount: number; instructionCount: number }
}

/** Compiles a pattern. @throws RegexFault when its counted repetitions unroll to more than 20,000 instructions */
export function compileProgram({ root, groupCount }: Pattern): MachineProgram {
  const shared = { slotCount: 2 * (groupCount + 1), instructionCount: 0 }
  const { code, splitCount } = compileBody(root, shared)
  const knowsPairs = some(root, (node) => node.kind === 'set' && (node.set.at(-1) ?? 0) > 0xffff)
  return { code, splitCount, groupCount, knowsPairs, isPlaceBound: !some(root, remembersMore), ...shared }
}

function remembersMore(node: Node): boolean {
  if (node.kind !== 'repeat') return node.kind === 'backreference'
  return node.max > 1 && isNullable(node.body) && some(node.body, ({ kind }) => kind === 'capture')
}

function compileBody(node: Node, shared: Writer['shared']): Program {
  const writer: Writer = { code: [], splitCount: 0, shared }
  write(writer, node)
  emit(writer, { op: 'accept' })
  return { code: writer.code, splitCount: writer.splitCount }
}

// Every instruction counts, and every round of an unrolled repetition, for that may be one of nothing.
function charge({ shared }: Writer): void {
  if (++shared.instructionCount > maxInstructions) {
    throw new RegexFault('Pattern is too large: its repetitions unroll too far', -1)
  }
}

function emit(writer: Writer, instruction: Instruction): number {
  charge(writer)
  return writer.code.push(instruction) - 1
}

function write(writer: Writer, node: Node): void {
  switch (node.kind) {
    case 'empty':
      break
    case 'set':
      emit(writer, { op: 'set', set: node.set })
      break
    case 'sequence':
      for (const part of node.parts) write(writer, part)
      break
    case 'choice':
      writeChoice(writer, node.parts)
      break
    case 'capture':
      emit(writer, { op: 'save', slot: 2 * node.group })
      write(writer, node.body)
      emit(writer, { op: 'save', slot: 2 * node.group + 1 })
      break
    case 'atomic':
      emit(writer, { op: 'atomic', body: compileBody(node.body, writer.shared) })
      break
    case 'repeat':
      if (node.greed !== 'possessive') writeRepeat(writer, node)
      else write(writer, { kind: 'atomic', body: { ...node, greed: 'greedy' } })
      break
    case 'look': {
      const body = compileBody(node.body, writer.shared)
      emit(writer, {
        op: 'look',
        look: { ahead: node.ahead, negated: node.negated, lengths: lengthsOf(node.body), body },
      })
      break
    }
    case 'backreference':
      emit(writer, { op: 'backreference', group: node.group, folding: node.folding })
      break
    default:
      emit(writer, { op: 'assert', assertion: node.assertion })
  }
}

function writeChoice(writer: Writer, parts: readonly Node[]): void {
  const jumps: number[] = []
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1
    const split = isLast ? -1 : emitSplit(writer)
    write(writer, part)
    if (isLast) continue
    jumps.push(emit(writer, { op: 'jump', to: 0 }))
    aim(writer, split, [split + 1, writer.code.length])
  }
  for (const jump of jumps) writer.code[jump] = { op: 'jump', to: writer.code.length }
}

type Repeat = Extract<Node, { kind: 'repeat' }>

function writeRepeat(writer: Writer, node: Repeat): void {
  for (let round = 0; round < node.min; round++) {
    charge(writer)
    write(writer, node.body)
  }
  if (node.max === Infinity) writeLoop(writer, node)
  else writeOptions(writer, node)
}

function writeOptions(writer: Writer, { body, min, max, greed }: Repeat): void {
  const splits: number[] = []
  for (let round = min; round < max; round++) {
    splits.push(emitSplit(writer))
    write(writer, body)
  }
  const exit = writer.code.length
  for (const split of splits) aim(writer, split, greed === 'lazy' ? [exit, split + 1] : [split + 1, exit])
}

function writeLoop(writer: Writer, { body, greed }: Repeat): void {
  const split = emitSplit(writer)
  const slot = isNullable(body) ? writer.shared.slotCount++ : -1
  if (slot !== -1) emit(writer, { op: 'save', slot })
  write(writer, body)
  const progress = slot === -1 ? -1 : emit(writer, { op: 'progress', slot, exit: 0 })
  const exit = emit(writer, { op: 'jump', to: split }) + 1
  if (progress !== -1) writer.code[progress] = { op: 'progress', slot, exit }
  aim(writer, split, greed === 'lazy' ? [exit, split + 1] : [split + 1, exit])
}

function emitSplit(writer: Writer): number {
  return emit(writer, { op: 'split', first: 0, second: 0, split: writer.splitCount++ })
}

function aim(writer: Writer, at: number, [first, second]: readonly [number, number]): void {
  const instruction = writer.code[at]
  if (instruction?.op === 'split') writer.code[at] = { ...instruction, first, second }
}
