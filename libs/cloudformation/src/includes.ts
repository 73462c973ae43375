// Reads the files that a template includes, through a callback and each once, and puts their trees where they are named.
import { Problem } from './fault.ts'
import type { Node } from './node.ts'
import { readText } from './yaml.ts'
import { LineIndex } from './place.ts'
import { maximumTextUnits } from './budget.ts'

/** AWS's quota for an API definition. */
const maximumFileUnits = 6 * maximumTextUnits

export class Includes {
  private readonly readFile: ((location: string) => string | undefined) | undefined
  private readonly known = new Map<string, string>()

  constructor(readFile: ((location: string) => string | undefined) | undefined) {
    this.readFile = readFile
  }

  /** The tree of a file, every node at the offset of `node`. Throws a {@link Problem} that names the file and the place in it. */
  read(location: string, node: Node): Node {
    if (/^(?:s3|https?):/i.test(location)) {
      throw new Problem(`${location} cannot be read: only files beside the template can`, node)
    }
    const text = this.textOf(location, node)
    try {
      return moved(readText(text), node.offset)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { line, column } = new LineIndex(text).at(error.offset)
      throw new Problem(`${location}:${line}:${column}: ${error.message}`, node)
    }
  }

  private textOf(location: string, node: Node): string {
    const known = this.known.get(location)
    if (known !== undefined) return known
    let text: string | undefined
    try {
      text = this.readFile?.(location)
    } catch (error) {
      throw new Problem(`${location} cannot be read: ${(error as Error).message}`, node)
    }
    if (text === undefined) throw new Problem(`${location} cannot be read`, node)
    if (text.length > maximumFileUnits) throw new Problem(`${location} is larger than 6 MB`, node)
    this.known.set(location, text)
    return text
  }
}

function moved(node: Node, offset: number): Node {
  switch (node.kind) {
    case 'scalar':
      return { ...node, offset }
    case 'list':
      return { ...node, items: node.items.map((item) => moved(item, offset)), offset }
    case 'map':
      return { ...node, entries: new Map([...node.entries].map(([name, each]) => [name, moved(each, offset)])), offset }
    case 'call':
      return { ...node, argument: moved(node.argument, offset), offset }
  }
}
