// Makes the role that SAM gives a function without one, with those of the function's `Policies` that are written out.
import type { Draft } from '../draft.ts'
import type { Node, Plain } from '../node.ts'
import { call, member, textOf } from '../node.ts'
import type { Output } from './output.ts'

const assumeRolePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
}

/** Adds `{Function}Role`. A policy template (`DynamoDBCrudPolicy: …`) is remarked on and left out. */
export function addRole(draft: Draft, output: Output): void {
  const { logicalId, properties } = draft
  const given = member(properties, 'Policies')
  const items = given === undefined ? [] : given.kind === 'list' ? given.items : [given]
  const managed: Plain[] = [managedPolicy(draft, 'service-role/AWSLambdaBasicExecutionRole')]
  const inline: Plain[] = []
  for (const [index, item] of items.entries()) {
    const name = textOf(item)
    if (name !== undefined) managed.push(name.startsWith('arn:') ? item : managedPolicy(item, name))
    else if (item.kind === 'call') managed.push(item)
    else if (member(item, 'Statement') !== undefined) {
      inline.push({ PolicyName: `${logicalId}RolePolicy${index}`, PolicyDocument: item })
    } else
      output.remark(item, `${logicalId}: the policy template ${nameOf(item)} is not expanded; the role goes without it`)
  }
  output.add(draft, `${logicalId}Role`, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: member(properties, 'AssumeRolePolicyDocument') ?? assumeRolePolicy,
    ManagedPolicyArns: managed,
    Policies: inline.length === 0 ? undefined : inline,
    PermissionsBoundary: member(properties, 'PermissionsBoundary'),
    Path: member(properties, 'RolePath'),
  })
}

function managedPolicy(at: Node | Draft, name: string): Node {
  return call(at, 'Fn::Sub', `arn:\${AWS::Partition}:iam::aws:policy/${name.replace(/[^\w+=,.@/-]/g, '')}`)
}

function nameOf(item: Node): string {
  return item.kind === 'map' ? ([...item.entries.keys()][0] ?? '') : ''
}
