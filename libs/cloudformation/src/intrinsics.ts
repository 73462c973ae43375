// CloudFormation's functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
import { cidrBlocks } from './cidr.ts'
import type { Evaluator, Intrinsic } from './evaluator.ts'
import { Problem } from './fault.ts'
import { jsonText } from './json.ts'
import type { CallNode, ListNode, Node } from './node.ts'
import { isPending, itemsOf, member, plant, textOf } from './node.ts'
import { getAtt, ref } from './reference.ts'
import { sub } from './sub.ts'

const join: Intrinsic = (call, evaluator) => {
  const [delimiter, list] = parts(call, evaluator, 'a delimiter and a list')
  const between = textOf(delimiter)
  if (isPending(list) || between === undefined) return { ...call, argument: pair(call, delimiter, list) }
  if (list.kind !== 'list') throw new Problem(`${call.name} joins a list`, list)
  const texts = list.items.map((item) => plainText(call, item))
  evaluator.spend(
    call,
    texts.reduce((sum, { length }) => sum + length + between.length, 0),
  )
  return evaluator.text(call, texts.join(between))
}

const select: Intrinsic = (call, evaluator) => {
  const [index, list] = parts(call, evaluator, 'an index and a list')
  if (list.kind === 'call' || isPending(index)) return { ...call, argument: pair(call, index, list) }
  const position = Number(textOf(index) ?? NaN)
  const item = list.kind === 'list' ? list.items[position] : undefined
  if (item === undefined) {
    throw new Problem(`${call.name}: there is no item ${textOf(index)} in a list of ${itemsOf(list).length}`, call)
  }
  return item
}

const split: Intrinsic = (call, evaluator) => {
  const [delimiter, source] = parts(call, evaluator, 'a delimiter and a text')
  if (isPending(delimiter) || isPending(source)) return { ...call, argument: pair(call, delimiter, source) }
  const between = textOf(delimiter)
  if (between === undefined || between === '') throw new Problem(`${call.name} needs a delimiter`, call)
  const texts = plainText(call, source).split(between)
  evaluator.spend(call, texts.length * 32)
  return { kind: 'list', items: texts.map((text) => evaluator.text(call, text)), offset: call.offset }
}

const findInMap: Intrinsic = (call, evaluator) => {
  const argument = evaluator.value(call.argument)
  const [map, first, second, options] = itemsOf(argument)
  const names = [map, first, second].map(textOf)
  const [mapName, firstName, secondName] = names
  if (mapName === undefined || firstName === undefined || secondName === undefined) {
    throw new Problem(`${call.name} needs a mapping and two keys, known before anything is created`, call)
  }
  const found = member(member(evaluator.scope.mappings.get(mapName), firstName), secondName)
  const value = found ?? member(options, 'DefaultValue')
  if (value === undefined) {
    throw new Problem(`Unable to get mapping for ${mapName}::${firstName}::${secondName}`, call)
  }
  return { ...evaluator.value(value), offset: call.offset }
}

const choose: Intrinsic = (call, evaluator) => {
  const items = itemsOf(call.argument)
  const [condition, yes, no] = items
  const name = textOf(condition)
  if (condition === undefined || name === undefined || yes === undefined || no === undefined || items.length > 3) {
    throw new Problem(`${call.name} takes the name of a condition and two values`, call)
  }
  return evaluator.evaluate(evaluator.scope.condition(name, condition) ? yes : no)
}

const base64: Intrinsic = (call, evaluator) => {
  const source = evaluator.value(call.argument)
  if (isPending(source)) return { ...call, argument: source }
  return evaluator.text(call, Buffer.from(plainText(call, source)).toString('base64'))
}

const length: Intrinsic = (call, evaluator) => {
  const list = evaluator.value(call.argument)
  if (list.kind === 'call') return { ...call, argument: list }
  if (list.kind !== 'list') throw new Problem(`${call.name} counts a list`, list)
  return plant(call, list.items.length)
}

const toJsonString: Intrinsic = (call, evaluator) => {
  const source = evaluator.value(call.argument)
  return isPending(source) ? { ...call, argument: source } : evaluator.text(call, jsonText(source))
}

const getZones: Intrinsic = (call, evaluator) => {
  const region = evaluator.value(call.argument)
  if (region.kind === 'call') return { ...call, argument: region }
  const name = textOf(region) || textOf(evaluator.scope.parameters.get('AWS::Region')) || ''
  return plant(
    call,
    ['a', 'b', 'c'].map((zone) => `${name}${zone}`),
  )
}

const cidr: Intrinsic = (call, evaluator) => {
  const argument = evaluator.value(call.argument)
  if (isPending(argument)) return { ...call, argument }
  const [block, count, bits] = itemsOf(argument).map(textOf)
  const blocks = cidrBlocks(block ?? '', Number(count), Number(bits ?? 8))
  if (blocks === undefined) throw new Problem(`${call.name} takes an IPv4 block, 1 to 256, and bits that fit it`, call)
  return plant(call, blocks)
}

const transform: Intrinsic = (call, evaluator) => {
  const argument = evaluator.value(call.argument)
  const location = textOf(member(member(argument, 'Parameters'), 'Location'))
  if (textOf(member(argument, 'Name')) !== 'AWS::Include' || location === undefined) {
    throw new Problem('The only macro here is AWS::Include, with a Location', call)
  }
  return evaluator.evaluate(evaluator.scope.include(location, call))
}

/** A function of CloudFormation that cannot work here. */
function refused(why: string): Intrinsic {
  return (call) => {
    throw new Problem(`${call.name} ${why}`, call)
  }
}

const conditionOnly = refused('belongs into Conditions; use Fn::If here')

/** The functions by name, except those of `Conditions`. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::FindInMap', findInMap],
  ['Fn::If', choose],
  ['Fn::Base64', base64],
  ['Fn::Length', length],
  ['Fn::ToJsonString', toJsonString],
  ['Fn::GetAZs', getZones],
  ['Fn::Cidr', cidr],
  ['Fn::Transform', transform],
  ['Fn::ImportValue', refused('needs an export of another stack; there are no other stacks here: use a parameter')],
  ['Fn::ForEach', refused('(AWS::LanguageExtensions) is not evaluated here: write the resources out')],
  ...['Fn::Equals', 'Fn::And', 'Fn::Or', 'Fn::Not', 'Condition'].map((name): [string, Intrinsic] => [
    name,
    conditionOnly,
  ]),
])

/** The two arguments of a function, evaluated. */
function parts(call: CallNode, evaluator: Evaluator, wanted: string): readonly [Node, Node] {
  const [first, second, more] = itemsOf(call.argument)
  if (first === undefined || second === undefined || more !== undefined) {
    throw new Problem(`${call.name} takes ${wanted}`, call)
  }
  return [evaluator.value(first), evaluator.value(second)]
}

function pair(at: Node, first: Node, second: Node): ListNode {
  return { kind: 'list', items: [first, second], offset: at.offset }
}

function plainText(call: CallNode, node: Node): string {
  const text = textOf(node)
  if (text === undefined) throw new Problem(`${call.name} takes texts`, node)
  return text
}
