// Typed values as XML elements, as the query protocol answers them. Both directions.
import { readScalarText, writeScalarText } from '../scalar-text.ts'
import type { MapType, Member, StructureType, Type } from '../type.ts'
import { newMap } from '../value.ts'
import { escapeXml } from './xml.ts'
import type { Element } from './xml.ts'

/** The members of a structure, each as its element, in the model's order; `undefined` members are left out. */
export function writeXmlMembers(members: readonly Member[], value: object): string {
  const values = value as Readonly<Record<string, unknown>>
  let xml = ''
  for (const member of members) {
    const inner = values[member.name]
    if (inner !== undefined && inner !== null) xml += writeXml(member.wire, member.type, inner)
  }
  return xml
}

function writeXml(name: string, type: Type, value: unknown): string {
  if (type.kind === 'structure') return element(name, writeXmlMembers(type.members, value as object))
  if (type.kind === 'list') {
    const inner = type.flattened ? name : type.elementName
    const elements = (value as readonly unknown[]).map((item) => writeXml(inner, type.element, item)).join('')
    return type.flattened ? elements : element(name, elements)
  }
  if (type.kind === 'map') {
    const entries = Object.entries(value as object).filter(([, entry]) => entry !== undefined)
    const inner = type.flattened ? name : 'entry'
    const xml = entries.map(([key, entry]) => element(inner, writeEntry(type, key, entry))).join('')
    return type.flattened ? xml : element(name, xml)
  }
  return element(name, escapeXml(writeScalarText(type, value, 'iso8601')))
}

function writeEntry(type: MapType, key: string, value: unknown): string {
  return element(type.keyName, escapeXml(key)) + writeXml(type.valueName, type.value, value)
}

/** `<name>…</name>`; `content` is XML already. */
export function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`
}

/** Reads a structure from the children of an element; throws `Unreadable` on text that is not of its type. */
export function readXmlMembers(type: StructureType, from: Element): Record<string, unknown> {
  const target: Record<string, unknown> = {}
  for (const member of type.members) {
    const found = from.children.filter(({ name }) => name === member.wire)
    const first = found[0]
    if (first !== undefined) target[member.name] = readXml(member.type, first, found)
  }
  return target
}

/** Reads one value. `all` are the elements of its name, because a flattened list or map consists of all of them. */
function readXml(type: Type, from: Element, all: readonly Element[]): unknown {
  if (type.kind === 'structure') return readXmlMembers(type, from)
  if (type.kind === 'list') {
    const items = type.flattened ? all : from.children.filter(({ name }) => name === type.elementName)
    return items.map((item) => readXml(type.element, item, [item]))
  }
  if (type.kind === 'map') return readMap(type, type.flattened ? all : from.children)
  return readScalarText(type, type.kind === 'string' ? from.text : from.text.trim())
}

function readMap(type: MapType, entries: readonly Element[]): Record<string, unknown> {
  const map = newMap()
  for (const entry of entries) {
    const key = entry.children.find(({ name }) => name === type.keyName)
    const value = entry.children.find(({ name }) => name === type.valueName)
    if (key !== undefined && value !== undefined) map[key.text] = readXml(type.value, value, [value])
  }
  return map
}
