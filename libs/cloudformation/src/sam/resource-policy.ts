// `Auth.ResourcePolicy` of a REST API as the policy document of the API.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-resourcepolicystatement.html
import type { Draft } from '../draft.ts'
import type { Node, Plain } from '../node.ts'
import { call, entriesOf, itemsOf, member, plant } from '../node.ts'
import type { Output } from './output.ts'

const everything = 'execute-api:/*'

/** The policy document, or `undefined` where nothing asks for one. */
export function resourcePolicyOf({ logicalId, properties }: Draft, output: Output): Plain | undefined {
  const policy = member(member(properties, 'Auth'), 'ResourcePolicy')
  if (policy === undefined) return undefined
  const statements: Plain[] = []
  for (const [name, node] of entriesOf(policy)) {
    const made = statementsOf(name, node)
    if (made === undefined) output.remark(node, `ResourcePolicy of ${logicalId}: ${name} has no effect here`)
    else statements.push(...made)
  }
  return statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: statements }
}

function statementsOf(name: string, node: Node): readonly Plain[] | undefined {
  switch (name) {
    case 'CustomStatements':
      return node.kind === 'list' ? node.items : [node]
    case 'IpRangeWhitelist':
      return [allow('*'), denyUnless('NotIpAddress', 'aws:SourceIp', node)]
    case 'IpRangeBlacklist':
      return [allow('*'), denyUnless('IpAddress', 'aws:SourceIp', node)]
    case 'AwsAccountWhitelist':
      return [allow({ AWS: itemsOf(node).map(accountRoot) })]
    case 'AwsAccountBlacklist':
      return [allow('*'), { ...allow({ AWS: itemsOf(node).map(accountRoot) }), Effect: 'Deny' }]
    default:
      return undefined
  }
}

function allow(Principal: Plain): { readonly [name: string]: Plain } {
  return { Effect: 'Allow', Principal, Action: 'execute-api:Invoke', Resource: everything }
}

function denyUnless(operator: string, key: string, values: Node): Plain {
  return { ...allow('*'), Effect: 'Deny', Condition: { [operator]: { [key]: values } } }
}

function accountRoot(account: Node): Plain {
  return plant(account, call(account, 'Fn::Sub', ['arn:${AWS::Partition}:iam::${Account}:root', { Account: account }]))
}
