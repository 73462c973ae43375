// The query protocol's requests: a typed structure as flat form parameters (`Tags.member.1.Key=a`). Both directions.
import { Unreadable } from '../fault.ts'
import { encodeStrict } from '../route.ts'
import type { Parameter } from '../route.ts'
import { readScalarText, writeScalarText } from '../scalar-text.ts'
import type { ListType, MapType, Member, StructureType, Type } from '../type.ts'
import { newMap } from '../value.ts'

interface FormNode {
  text: string | undefined
  readonly children: Map<string, FormNode>
}

function newNode(): FormNode {
  return { text: undefined, children: new Map() }
}

/** Reads a structure; throws `Unreadable` on a name of more than `depth` parts and on text that is not of its type. */
export function readForm(
  type: StructureType,
  parameters: readonly Parameter[],
  depth: number,
): Record<string, unknown> {
  const root = newNode()
  for (const [name, text] of parameters) {
    const parts = name.split('.', depth + 1)
    if (parts.length > depth) throw new Unreadable('The request is nested too deeply.')
    let place = root
    for (const part of parts) {
      let child = place.children.get(part)
      if (child === undefined) place.children.set(part, (child = newNode()))
      place = child
    }
    place.text ??= text
  }
  return readStructure(type, root)
}

function readStructure(type: StructureType, node: FormNode): Record<string, unknown> {
  const target: Record<string, unknown> = {}
  for (const member of type.members) {
    const child = node.children.get(member.wire)
    const value = child && readNode(member.type, child)
    if (value !== undefined) target[member.name] = value
  }
  return target
}

/** `undefined` where a scalar was expected and something within one was given. */
function readNode(type: Type, node: FormNode): unknown {
  if (type.kind === 'structure') return readStructure(type, node)
  if (type.kind === 'list') return readList(type, node)
  if (type.kind === 'map') return readMap(type, node)
  if (node.text === undefined || (node.text === '' && type.kind !== 'string' && type.kind !== 'blob')) return undefined
  return readScalarText(type, node.text)
}

/** AWS: the numbers give the order only; `Names=` is an empty list. */
function numbered(node: FormNode | undefined): FormNode[] {
  return [...(node?.children ?? [])]
    .filter(([name]) => /^[1-9]\d{0,8}$/.test(name))
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, child]) => child)
}

function readList(type: ListType, node: FormNode): unknown[] {
  return numbered(type.flattened ? node : node.children.get(type.elementName)).map((child) => {
    const value = readNode(type.element, child)
    return value === undefined ? null : value
  })
}

function readMap(type: MapType, node: FormNode): Record<string, unknown> {
  const map = newMap()
  for (const entry of numbered(type.flattened ? node : node.children.get('entry'))) {
    const key = entry.children.get(type.keyName)?.text
    const value = entry.children.get(type.valueName)
    if (key === undefined) throw new Unreadable('A map entry has no key.')
    map[key] = (value && readNode(type.value, value)) ?? null
  }
  return map
}

/** Writes a structure as `name=value` pairs joined with `&`, percent-encoded. */
export function writeForm(head: readonly Parameter[], type: StructureType, value: object): string {
  const parameters: Parameter[] = [...head]
  writeStructure(parameters, '', { type, value })
  return parameters.map(([name, text]) => `${encodeStrict(name)}=${encodeStrict(text)}`).join('&')
}

function writeStructure(into: Parameter[], prefix: string, from: { type: StructureType; value: object }): void {
  const values = from.value as Readonly<Record<string, unknown>>
  for (const member of from.type.members) {
    const value = values[member.name]
    if (value !== undefined && value !== null) writeMember(into, prefix, { member, value })
  }
}

function writeMember(into: Parameter[], prefix: string, { member, value }: { member: Member; value: unknown }): void {
  writeNode(into, `${prefix}${member.wire}`, { type: member.type, value })
}

function writeNode(into: Parameter[], name: string, { type, value }: { type: Type; value: unknown }): void {
  if (type.kind === 'structure') writeStructure(into, `${name}.`, { type, value: value as object })
  else if (type.kind === 'list') {
    const elements = value as readonly unknown[]
    if (elements.length === 0) into.push([name, ''])
    const stem = type.flattened ? name : `${name}.${type.elementName}`
    for (const [index, element] of elements.entries()) {
      writeNode(into, `${stem}.${index + 1}`, { type: type.element, value: element })
    }
  } else if (type.kind === 'map') {
    const stem = type.flattened ? name : `${name}.entry`
    for (const [index, [key, entry]] of Object.entries(value as object).entries()) {
      into.push([`${stem}.${index + 1}.${type.keyName}`, key])
      writeNode(into, `${stem}.${index + 1}.${type.valueName}`, { type: type.value, value: entry })
    }
  } else into.push([name, writeScalarText(type, value, 'iso8601')])
}
