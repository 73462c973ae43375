// Reads parameters: the given values or the defaults, checked as the template says, and AWS's pseudo parameters.
import type { Remark } from './draft.ts'
import { Problem } from './fault.ts'
import type { Node } from './node.ts'
import { itemsOf, member, plant, textOf } from './node.ts'

/** The values of the pseudo parameters. */
export interface Pseudo {
  readonly accountId: string
  readonly region: string
  readonly stackName: string
}

const listTypes = /^(?:CommaDelimitedList|List<(?:Number|String|AWS::[\w:]+)>|AWS::SSM::Parameter::Value<List<.+>>)$/
const plainTypes = /^(?:String|Number|AWS::[\w:]+(?:<[\w:]+>)?)$/

/** The values of `AWS::Region` and the like; `AWS::NoValue` is none, it takes away what it stands for. */
export function pseudoParameters({ accountId, region, stackName }: Pseudo): Map<string, Node> {
  const at = { offset: 0 }
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return new Map(
    Object.entries({
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': partition,
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
      'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
      'AWS::NotificationARNs': [],
    }).map(([name, value]) => [name, plant(at, value)]),
  )
}

/** Remarks on parameters whose values stand in AWS's Parameter Store: what is given, or their default, is taken as it is. */
export function storedParameters(
  declared: ReadonlyMap<string, Node>,
  given: ReadonlyMap<string, string>,
): readonly Remark[] {
  return [...declared].flatMap(([name, node]) =>
    given.has(name) || textOf(member(node, 'Type'))?.startsWith('AWS::SSM::') !== true || isBootstrapVersion(node)
      ? []
      : [
          {
            message: `The parameter ${name} has its default as value: there is no Parameter Store`,
            offset: node.offset,
          },
        ],
  )
}

/** Whether it is the rule about the CDK's bootstrap stack that all its templates have; no resource refers to it. */
function isBootstrapVersion(node: Node): boolean {
  return textOf(member(node, 'Default'))?.startsWith('/cdk-bootstrap/') === true
}

/** The value of every parameter by name. Throws a {@link Problem} for one without a value, or with one that the template does not allow. */
export function readParameters(
  declared: ReadonlyMap<string, Node>,
  given: ReadonlyMap<string, string>,
): Map<string, Node> {
  const unknown = [...given.keys()].find((name) => !declared.has(name))
  if (unknown !== undefined) throw new Problem(`The template has no parameter ${unknown}`, { offset: 0 })
  return new Map([...declared].map(([name, node]) => [name, readParameter(name, node, given.get(name))]))
}

function readParameter(name: string, node: Node, given: string | undefined): Node {
  const type = textOf(member(node, 'Type'))
  if (type === undefined || !(listTypes.test(type) || plainTypes.test(type))) {
    throw new Problem(`The parameter ${name} needs a Type such as String, Number or CommaDelimitedList`, node)
  }
  const value = given ?? textOf(member(node, 'Default'))
  if (value === undefined) throw new Problem(`Parameters: [${name}] must have values`, node)
  if (!listTypes.test(type)) {
    checkValue(name, node, value)
    return plant(node, value)
  }
  const values = value === '' ? [] : value.split(',').map((each) => each.trim())
  for (const each of values) checkValue(name, node, each)
  return plant(node, values)
}

function checkValue(name: string, node: Node, value: string): void {
  const refuse = (sentence: string): Problem => {
    const own = textOf(member(node, 'ConstraintDescription'))
    const shown = textOf(member(node, 'NoEcho')) === 'true' ? '' : ` "${value}"`
    return new Problem(`Parameter ${name}: the value${shown} ${own === undefined ? sentence : `failed: ${own}`}`, node)
  }
  const limit = (attribute: string, otherwise: number): number => {
    const text = textOf(member(node, attribute))
    return text === undefined ? otherwise : Number(text)
  }
  const type = textOf(member(node, 'Type')) ?? ''
  if (/^(?:List<)?Number/.test(type) && (value.trim() === '' || Number.isNaN(Number(value))))
    throw refuse('is no number')
  const allowed = member(node, 'AllowedValues')
  if (allowed !== undefined) {
    const texts = itemsOf(allowed).map(textOf)
    if (!texts.includes(value)) throw refuse(`is none of [${texts.join(', ')}]`)
  }
  if (value.length < limit('MinLength', 0)) throw refuse('is too short')
  if (value.length > limit('MaxLength', Infinity)) throw refuse('is too long')
  if (Number(value) < limit('MinValue', -Infinity)) throw refuse('is too small')
  if (Number(value) > limit('MaxValue', Infinity)) throw refuse('is too large')
  const pattern = textOf(member(node, 'AllowedPattern'))
  if (pattern !== undefined && !expressionOf(name, pattern, node).test(value)) throw refuse(`does not match ${pattern}`)
}

function expressionOf(name: string, pattern: string, node: Node): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch {
    throw new Problem(`The AllowedPattern of ${name} is no regular expression that can be used here`, node)
  }
}
