// The names a template uses, each with a slot, and the macros it defines.
import type { Macro } from './render.ts'

export class Scope {
  readonly names: string[]
  readonly macros: Map<string, Macro>
  private readonly slots: Map<string, number>

  constructor(from?: Scope) {
    this.names = [...(from?.names ?? [])]
    this.macros = new Map(from?.macros)
    this.slots = new Map(from?.slots)
  }

  /** The slot of a name, a new one if need be. */
  slot(name: string): number {
    const slot = this.slots.get(name)
    if (slot !== undefined) return slot
    this.slots.set(name, this.names.length)
    return this.names.push(name) - 1
  }

  /** The slot of a name; undefined when the template never names it. */
  find(name: string): number | undefined {
    return this.slots.get(name)
  }
}
