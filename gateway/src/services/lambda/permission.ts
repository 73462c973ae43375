// Resource policies of functions, which allow others to invoke them. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
import type { Handlers } from '@sluice/aws-protocol'
import { PolicyLengthExceededException, type AddPermissionRequest, type Operations } from '@sluice/aws-protocol/lambda'
import type { FunctionPolicyRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { checkRevision, conflict, functionNotFound, invalidParameter, notFound } from './faults.ts'
import { foundVersion } from './found.ts'
import { nameOf, type Named } from './name.ts'

const largestPolicyBytes = 20_480

export const permission: Handlers<Operations, 'AddPermission' | 'RemovePermission' | 'GetPolicy', Call> = {
  AddPermission: async (input, call) => {
    const named = nameOf(call, 'AddPermission', input.FunctionName, input.Qualifier)
    if (named.qualifier === '$LATEST') {
      throw invalidParameter('We currently do not support adding policies for $LATEST.')
    }
    await foundVersion(call, named)
    const key = keyOf(named)
    const before = await call.store.get('FunctionPolicy', key)
    checkRevision(input.RevisionId, before?.revisionId)
    const statements = before?.statements ?? []
    if (statements.some(({ sid }) => sid === input.StatementId)) {
      throw conflict(
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    }
    const statement = statementOf(input, named)
    const record: FunctionPolicyRecord = {
      revisionId: call.ids.uuid(),
      statements: [...statements, { sid: input.StatementId, statement }],
    }
    checkLength(record)
    call.store.put('FunctionPolicy', key, record)
    return { Statement: JSON.stringify(statement) }
  },
  RemovePermission: async (input, call) => {
    const named = nameOf(call, 'RemovePermission', input.FunctionName, input.Qualifier)
    await foundVersion(call, named)
    const key = keyOf(named)
    const before = await call.store.get('FunctionPolicy', key)
    if (before === undefined) throw notFound('No policy is associated with the given resource.')
    checkRevision(input.RevisionId, before.revisionId)
    const statements = before.statements.filter(({ sid }) => sid !== input.StatementId)
    if (statements.length === before.statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
    }
    if (statements.length === 0) call.store.delete('FunctionPolicy', key)
    else call.store.put('FunctionPolicy', key, { revisionId: call.ids.uuid(), statements })
  },
  GetPolicy: async (input, call) => {
    const named = nameOf(call, 'GetPolicy', input.FunctionName, input.Qualifier)
    if ((await call.store.get('Function', [named.name, '$LATEST'])) === undefined) throw functionNotFound(named.arn)
    const record = await call.store.get('FunctionPolicy', keyOf(named))
    if (record === undefined) throw notFound('The resource you requested does not exist.')
    return { Policy: documentOf(record), RevisionId: record.revisionId }
  },
}

/** A version and an alias have policies of their own; the unqualified function's stands under `$LATEST`. */
function keyOf({ name, qualifier = '$LATEST' }: Named): readonly [string, string] {
  return [name, qualifier]
}

function documentOf({ statements }: FunctionPolicyRecord): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: statements.map(({ statement }) => statement),
  })
}

function checkLength(record: FunctionPolicyRecord): void {
  const bytes = Buffer.byteLength(documentOf(record))
  if (bytes <= largestPolicyBytes) return
  throw new PolicyLengthExceededException(
    `The final policy size (${bytes}) is bigger than the limit (${largestPolicyBytes}).`,
    { Type: 'User' },
  )
}

/** The statement as AWS writes it, members in AWS's order. */
function statementOf(input: AddPermissionRequest, { arn }: Named): Readonly<Record<string, unknown>> {
  const condition = conditionOf(input)
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal),
    Action: input.Action,
    Resource: arn,
    ...(condition !== undefined && { Condition: condition }),
  }
}

/** A service, an account (written as its root), an IAM principal, or everybody. */
function principalOf(principal: string): unknown {
  if (principal === '*') return '*'
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` }
  if (principal.startsWith('arn:')) return { AWS: principal }
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(principal)) return { Service: principal }
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.')
}

function conditionOf(input: AddPermissionRequest): object | undefined {
  const equals = Object.fromEntries(
    [
      ['AWS:SourceAccount', input.SourceAccount],
      ['aws:PrincipalOrgID', input.PrincipalOrgID],
      ['lambda:EventSourceToken', input.EventSourceToken],
      ['lambda:FunctionUrlAuthType', input.FunctionUrlAuthType],
    ].filter(([, value]) => value !== undefined),
  )
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(input.InvokedViaFunctionUrl === true && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
    ...(input.SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
  }
  return Object.keys(condition).length > 0 ? condition : undefined
}
