// Parses Java's replacement strings: $1, ${name} and \ escapes.
import { RegexFault } from './fault.ts'

/** A replacement as texts and numbers of groups. */
export type Replacement = readonly (string | number)[]

/** The groups that a replacement may name. */
export interface Groups {
  readonly groupCount: number
  readonly groupNames: ReadonlyMap<string, number>
}

/** Parses a replacement, as Java does once there is a match. @throws RegexFault with Java's words; the index is in the replacement */
export function parseReplacement(text: string, groups: Groups): Replacement {
  if (!/[$\\]/.test(text)) return [text]
  const parts: (string | number)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '$') {
      const [group, end] = readGroup(text, at + 1, groups)
      parts.push(group)
      at = end - 1
    } else if (character === '\\') {
      at++
      if (at === text.length) throw new RegexFault('character to be escaped is missing', at)
      parts.push(text.charAt(at))
    } else {
      parts.push(character)
    }
  }
  return parts
}

function readGroup(text: string, start: number, groups: Groups): readonly [group: number, end: number] {
  const first = text.charAt(start)
  if (first === '') throw new RegexFault('Illegal group reference: group index is missing', start)
  if (first === '{') return readNamed(text, start + 1, groups)
  if (!/\d/.test(first)) throw new RegexFault('Illegal group reference', start)
  let group = Number(first)
  if (group > groups.groupCount) throw new RegexFault(`No group ${group}`, start)
  let end = start + 1
  while (/^\d$/.test(text.charAt(end)) && group * 10 + Number(text.charAt(end)) <= groups.groupCount) {
    group = group * 10 + Number(text.charAt(end++))
  }
  return [group, end]
}

function readNamed(text: string, start: number, { groupNames }: Groups): readonly [group: number, end: number] {
  const name = /^[A-Za-z0-9]*/.exec(text.slice(start))?.[0] ?? ''
  if (name === '') throw new RegexFault('named capturing group has 0 length name', start)
  const end = start + name.length
  if (text.charAt(end) !== '}') throw new RegexFault("named capturing group is missing trailing '}'", end)
  if (/^\d/.test(name)) throw new RegexFault(`capturing group name {${name}} starts with digit character`, start)
  const group = groupNames.get(name)
  if (group === undefined) throw new RegexFault(`No group with name {${name}}`, start)
  return [group, end + 1]
}
