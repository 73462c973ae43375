// IAM policies: reading one of fifty statements, and deciding a request by it; goal: a decision takes less than 20 µs.
import type { Bench } from 'tinybench'
import { createContext, evaluate, parsePolicy, type EvaluationRequest } from '../../libs/iam-policy/src/index.ts'

const account = '111122223333'

/** Fifty statements as they are written: wildcards, variables and conditions; the last one allows. */
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    ...Array.from({ length: 48 }, (_, index) => ({
      Sid: `Service${index}`,
      Effect: 'Allow',
      Action: [`svc${index}:Get*`, `svc${index}:List*`, 'execute-api:Invoke'],
      Resource: [`arn:aws:execute-api:*:${account}:api${index}/*/GET/*`, 'arn:aws:s3:::${aws:username}/*'],
      Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    })),
    {
      Effect: 'Deny',
      NotAction: 'iam:*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } },
    },
    { Effect: 'Allow', Action: 'execute-api:*', Resource: `arn:aws:execute-api:*:${account}:pets/prod/*` },
  ],
})

const request: EvaluationRequest = {
  principal: { type: 'User', arn: `arn:aws:iam::${account}:user/ada`, account },
  action: 'execute-api:Invoke',
  resource: `arn:aws:execute-api:us-east-1:${account}:pets/prod/GET/pets/42`,
  context: createContext([
    ['aws:SourceIp', '203.0.113.7'],
    ['aws:RequestedRegion', 'us-east-1'],
    ['aws:username', 'ada'],
  ]),
}

export function addPolicy(bench: Bench): void {
  const set = { identity: [parsePolicy(document)], sameAccount: true }
  if (evaluate(set, request).decision !== 'allow') throw new Error('the policy was to allow the request')
  bench.add('policy: decide by 50 statements', () => void evaluate(set, request))
  bench.add('policy: read 50 statements', () => void parsePolicy(document))
}
