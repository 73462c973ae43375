// A function's resource policy: whether an AWS service may invoke it for one of its resources.
import { createContext, evaluate, parsePolicy, type CompiledPolicy } from '@sluice/iam-policy'
import type { FunctionPolicyRecord } from '../nouns/function-records.ts'
import type { Scope } from '../nouns/records.ts'

/** Whether `service` (`apigateway.amazonaws.com`) may invoke `functionArn` for `sourceArn`. */
export interface Permission {
  readonly allows: (service: string, functionArn: string, sourceArn: string | undefined) => boolean
}

/** Source ARNs are a few per API; beyond this many the memory starts anew. */
const mostVerdicts = 1_000

/** Compiles the policy of one function, version or alias. Verdicts are remembered by service and source. */
export function compilePermission(scope: Scope, record: FunctionPolicyRecord | undefined): Permission {
  if (record === undefined) return { allows: () => false }
  const statements = record.statements.map(({ statement }) => statement)
  let policy: CompiledPolicy | undefined
  const verdicts = new Map<string, boolean>()
  return {
    allows: (service, functionArn, sourceArn) => {
      const question = `${service} ${functionArn} ${sourceArn ?? ''}`
      let verdict = verdicts.get(question)
      if (verdict === undefined) {
        policy ??= parsePolicy({ Version: '2012-10-17', Statement: statements })
        verdict = isAllowed(scope, policy, { service, functionArn, sourceArn })
        if (verdicts.size >= mostVerdicts) verdicts.clear()
        verdicts.set(question, verdict)
      }
      return verdict
    },
  }
}

interface Question {
  readonly service: string
  readonly functionArn: string
  readonly sourceArn: string | undefined
}

function isAllowed(scope: Scope, policy: CompiledPolicy, { service, functionArn, sourceArn }: Question): boolean {
  const [, , , sourceRegion, sourceAccount] = sourceArn?.split(':') ?? []
  // AWS: an API invokes functions of its own region only; otherwise it reads as a missing permission (S L.2).
  if (sourceRegion !== undefined && sourceRegion !== scope.region) return false
  const { decision } = evaluate(
    { identity: [], resource: policy, sameAccount: true },
    {
      principal: { type: 'Service', arn: service, provider: service },
      action: 'lambda:InvokeFunction',
      resource: functionArn,
      context: createContext([
        ['aws:SourceArn', sourceArn],
        ['aws:SourceAccount', sourceAccount],
      ]),
    },
  )
  return decision === 'allow'
}
