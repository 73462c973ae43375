// Text to tree: reads an OpenAPI document, JSON or YAML, and remembers where everything stands.
import { maximumTextUnits } from './budget.ts'
import { DocumentFault, invalidInput } from './fault.ts'
import type { Place } from './fault.ts'
import { readJson } from './json.ts'
import type { Node } from './node.ts'
import { LineIndex, PointerIndex } from './place.ts'
import type { PseudoParameters } from './tree.ts'
import { TextFault, TreeBuilder, variablesOf } from './tree.ts'
import { readYaml } from './yaml.ts'

export interface ParseOptions {
  /** Values for `${AWS::AccountId}`, `${AWS::Partition}`, `${AWS::Region}`; without them the text is left as it is. */
  readonly variables?: PseudoParameters
}

/** A document as a tree. Its nodes carry offsets; `placeOf` says line, column and pointer of one. */
export interface ParsedDocument {
  readonly root: Node
  /** Offsets of keys their map had already; the last one counts. */
  readonly duplicateKeys: readonly number[]
  readonly placeOf: (node: Node) => Place
}

/**
 * Reads JSON or YAML text (at most 6 MB, AWS's quota) into a tree with places. YAML aliases may expand to a million
 * nodes and nesting may be 200 deep. Throws {@link DocumentFault} with AWS's `Invalid OpenAPI input.` and the place.
 */
export function parseDocument(text: string, options: ParseOptions = {}): ParsedDocument {
  const lines = new LineIndex(text)
  const start: Place = { line: 1, column: 1, path: '' }
  if (text.length > maximumTextUnits) throw new DocumentFault(invalidInput, start, 'The document is larger than 6 MB')
  try {
    const { root, tree } = readText(text, options.variables)
    const pointers = new PointerIndex(root)
    return {
      root,
      duplicateKeys: tree.duplicates,
      placeOf: (node) => ({ ...lines.at(node.offset), path: pointers.of(node) }),
    }
  } catch (error) {
    if (!(error instanceof TextFault)) throw error
    throw new DocumentFault(invalidInput, { ...lines.at(error.offset), path: '' }, error.message)
  }
}

function readText(text: string, variables: PseudoParameters | undefined): { root: Node; tree: TreeBuilder } {
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text
  if (!/^\s*[{[]/.test(source)) return readWith(readYaml, source, variables)
  try {
    return readWith(readJson, source, variables)
  } catch (jsonFault) {
    if (!(jsonFault instanceof TextFault) || jsonFault.budget) throw jsonFault
    try {
      return readWith(readYaml, source, variables)
    } catch {
      throw jsonFault
    }
  }
}

function readWith(
  read: (text: string, tree: TreeBuilder) => Node,
  text: string,
  variables: PseudoParameters | undefined,
): { root: Node; tree: TreeBuilder } {
  const tree = new TreeBuilder(variablesOf(variables))
  return { root: read(text, tree), tree }
}
