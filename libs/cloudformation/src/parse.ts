// Reads a template's sections and checks their form; nothing is evaluated yet.
import { names } from './names.ts'
import { maximumResources, maximumSectionEntries, maximumTextUnits } from './budget.ts'
import { Problem } from './fault.ts'
import type { MapNode, Node } from './node.ts'
import { entriesOf, itemsOf, member, textOf } from './node.ts'
import { LineIndex } from './place.ts'
import { readText } from './yaml.ts'

export interface Sections {
  readonly root: MapNode
  readonly description: string | undefined
  readonly parameters: ReadonlyMap<string, Node>
  readonly mappings: ReadonlyMap<string, Node>
  readonly conditions: ReadonlyMap<string, Node>
  readonly globals: Node | undefined
  readonly transforms: readonly { readonly name: string; readonly node: Node }[]
  readonly resources: ReadonlyMap<string, Declaration>
  readonly outputs: ReadonlyMap<string, Node>
}

/** A resource as it is written. */
export interface Declaration {
  readonly logicalId: string
  readonly type: string
  readonly node: MapNode
  readonly properties: MapNode
  readonly dependsOn: readonly Node[]
  readonly condition: Node | undefined
  /** `DeletionPolicy: Retain`. */
  readonly retained: boolean
}

const sectionNames = new Set(
  names(`
    AWSTemplateFormatVersion Description Metadata Parameters Mappings Conditions Rules Transform Globals
    Resources Outputs Hooks
  `),
)

/** The attributes of a resource; the last two are SAM's own. */
const attributes = new Set(
  names(`
    Type Properties DependsOn Condition DeletionPolicy UpdateReplacePolicy Metadata CreationPolicy UpdatePolicy
    Connectors IgnoreGlobals Version
  `),
)

/** Reads the text. Throws {@link Problem}s. */
function readSections(text: string): Sections {
  if (text.length > maximumTextUnits) throw new Problem('The template is larger than 1 MB', { offset: 0 })
  const root = readText(text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text)
  if (root.kind !== 'map') throw new Problem('A template is a map with the member Resources', root)
  for (const [name, node] of root.entries) {
    if (!sectionNames.has(name)) {
      throw new Problem(`Invalid template property: "${name}"; there are: ${[...sectionNames].join(', ')}`, node)
    }
  }
  return {
    root,
    description: textOf(member(root, 'Description')),
    parameters: section(root, 'Parameters'),
    mappings: section(root, 'Mappings'),
    conditions: section(root, 'Conditions'),
    globals: member(root, 'Globals'),
    transforms: readTransforms(member(root, 'Transform')),
    resources: readResources(root),
    outputs: section(root, 'Outputs'),
  }
}

const tellingNames = 'AWSTemplateFormatVersion|Transform|Resources|openapi|swagger'
const tellingInBraces = new RegExp(`["'](${tellingNames})["']\\s*:`)
const tellingAtMargin = new RegExp(`^["']?(${tellingNames})["']?\\s*:`, 'm')

/** Whether a text is a template and not an OpenAPI document. Its first members decide, so that broken texts are recognised too. */
export function isTemplate(text: string): boolean {
  const match = (/^\s*\{/.test(text) ? tellingInBraces : tellingAtMargin).exec(text)
  return match !== null && match[1] !== 'openapi' && match[1] !== 'swagger'
}

function section(root: MapNode, name: string): ReadonlyMap<string, Node> {
  const node = member(root, name)
  if (node !== undefined && node.kind !== 'map') throw new Problem(`${name} is a map of names`, node)
  const entries = entriesOf(node)
  const most = name === 'Resources' ? maximumResources : maximumSectionEntries
  if (node !== undefined && entries.size > most) throw new Problem(`${name} has more than ${most} entries`, node)
  return entries
}

function readTransforms(node: Node | undefined): Sections['transforms'] {
  const items = node === undefined ? [] : node.kind === 'list' ? node.items : [node]
  return items.map((item) => {
    const name = textOf(item) ?? textOf(member(item, 'Name'))
    if (name === undefined) throw new Problem('Transform is the name of a macro or a list of such names', item)
    return { name, node: item }
  })
}

function readResources(root: MapNode): ReadonlyMap<string, Declaration> {
  const entries = section(root, 'Resources')
  if (entries.size === 0) throw new Problem('A template needs at least one member of Resources', root)
  return new Map([...entries].map(([logicalId, node]) => [logicalId, readDeclaration(logicalId, node)]))
}

function readDeclaration(logicalId: string, node: Node): Declaration {
  if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) {
    throw new Problem(`The logical id "${logicalId}" has characters other than letters and digits`, node)
  }
  if (node.kind !== 'map') throw new Problem(`The resource ${logicalId} is a map with the member Type`, node)
  for (const [name, each] of node.entries) {
    if (!attributes.has(name)) throw new Problem(`The resource ${logicalId} has an unknown member "${name}"`, each)
  }
  const type = textOf(member(node, 'Type'))
  if (type === undefined) throw new Problem(`The resource ${logicalId} needs a Type`, node)
  const properties = member(node, 'Properties') ?? { kind: 'map', entries: new Map(), offset: node.offset }
  if (properties.kind !== 'map') throw new Problem(`The Properties of ${logicalId} are a map`, properties)
  const dependsOn = member(node, 'DependsOn')
  return {
    logicalId,
    type,
    node,
    properties,
    dependsOn: dependsOn === undefined || dependsOn.kind === 'list' ? itemsOf(dependsOn) : [dependsOn],
    condition: member(node, 'Condition'),
    retained: textOf(member(node, 'DeletionPolicy'))?.startsWith('Retain') === true,
  }
}

/** A template's sections, and the index that turns offsets into places. */
export interface ReadTemplateText {
  readonly sections: Sections
  readonly lines: LineIndex
}

/** As {@link readSections}, with a {@link LineIndex} that guards the reading. */
export function readTemplateText(text: string): ReadTemplateText {
  const lines = new LineIndex(text)
  return { lines, sections: lines.guard(() => readSections(text)) }
}
