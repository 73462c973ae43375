// Turns properties of a template into the input of an AWS operation, whose own model gives names and types.
import { itemsOf, jsonText, member, textOf, booleanOf } from '@sluice/cloudformation'
import type { MapNode, Node } from '@sluice/cloudformation'
import type { Operation } from '@sluice/aws-protocol'
import { modelOf, type ModelName } from '../../services/models.ts'
import { PropertyFault, type Wanted } from './resource-kind.ts'

type Structure = Operation['input']
type Type = Structure['members'][number]['type']

export type Input = Readonly<Record<string, unknown>>

export interface InputOptions {
  /** Properties that the operation does not have. */
  readonly except?: readonly string[]
  /** Property → member, where CloudFormation has another name for it. */
  readonly renamed?: Readonly<Record<string, string>>
}

/** The input that `properties` make. Throws PropertyFault for one the operation does not have, or of another type. */
export function inputOf(
  { type, properties }: Pick<Wanted, 'type' | 'properties'>,
  [service, name]: readonly [ModelName, string],
  { except = [], renamed = {} }: InputOptions = {},
): Input {
  const entries = [...properties.entries].filter(([property]) => !except.includes(property))
  const named = entries.map(([property, node]): [string, Node] => [
    Object.hasOwn(renamed, property) ? (renamed[property] ?? property) : property,
    node,
  ])
  return structureOf(operationOf(service, name).input, new Map(named), type)
}

/** The operation of a service's model. */
export function operationOf(service: ModelName, name: string): Operation {
  const operation = modelOf(service).operations.get(name)
  if (operation === undefined) throw new Error(`${service} has no operation ${name}`)
  return operation
}

function structureOf(structure: Structure, entries: ReadonlyMap<string, Node>, path: string): Input {
  const pairs = [...entries].map(([property, node]): [string, unknown] => {
    // CloudFormation writes every member with a capital, REST's model none.
    const found = structure.members.find(({ name }) => name === property || capital(name) === property)
    if (found === undefined) throw new PropertyFault(`${path} has no property ${property}`, node)
    return [found.name, valueOf(found.type, node, `${path} ${property}`)]
  })
  return Object.fromEntries(pairs)
}

function valueOf(type: Type, node: Node, path: string): unknown {
  switch (type.kind) {
    case 'structure':
      if (node.kind !== 'map') throw new PropertyFault(`${path} is a map`, node)
      return structureOf(type, node.entries, path)
    case 'list':
      return (node.kind === 'list' ? node.items : [node]).map((item) => valueOf(type.element, item, path))
    case 'map':
      return Object.fromEntries(
        pairsOf(node, path).map(([name, each]) => [name, valueOf(type.value, each, `${path} ${name}`)]),
      )
    default:
      return scalarOf(type.kind, node, path)
  }
}

function scalarOf(kind: string, node: Node, path: string): unknown {
  switch (kind) {
    case 'boolean':
      return known(booleanOf(node), node, `${path} is true or false`)
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return known(numberOf(node), node, `${path} is a number`)
    case 'blob':
      return Buffer.from(known(textOf(node), node, `${path} is a text`))
    default:
      // Policies, schemas and the like are texts of JSON to the API, and plain maps to CloudFormation.
      return textOf(node) ?? jsonText(node)
  }
}

/** Maps, and lists of `Key` and `Value`, which is how CloudFormation writes tags. */
function pairsOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  if (node.kind === 'map') return [...node.entries]
  return itemsOf(node).map((item) => {
    const [key, value] = [textOf(member(item, 'Key')), member(item, 'Value')]
    if (key === undefined || value === undefined)
      throw new PropertyFault(`${path} is a map, or a list of Key and Value`, item)
    return [key, value]
  })
}

function numberOf(node: Node): number | undefined {
  const text = textOf(node)
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isNaN(number) ? undefined : number
}

function known<Value>(value: Value | undefined, node: Node, sentence: string): Value {
  if (value === undefined) throw new PropertyFault(sentence, node)
  return value
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** A property that has to be a text. */
export function textProperty({ type, properties }: Pick<Wanted, 'type' | 'properties'>, name: string): string {
  const text = textOf(member(properties, name))
  if (text === undefined) throw new PropertyFault(`${type} needs ${name}`, member(properties, name) ?? properties)
  return text
}

/** The texts of a property that is a list. */
export function textsProperty(properties: MapNode, name: string): readonly string[] {
  return itemsOf(member(properties, name)).map((item) => textOf(item) ?? jsonText(item))
}

/** An attribute's value of an answer: texts and numbers, nothing else. */
export function attributesOf(output: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const pairs = Object.entries(output).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(pairs.map(([name, value]) => [capital(name), String(value)]))
}

/** A member of an answer that has to be a text. */
export function textMember(output: Readonly<Record<string, unknown>>, name: string): string {
  const value = output[name]
  return typeof value === 'string' ? value : ''
}
