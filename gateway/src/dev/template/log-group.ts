// `AWS::Logs::LogGroup`: a log group, with its retention.
import { ServiceFault } from '@sluice/aws-protocol'
import { member, textOf } from '@sluice/cloudformation'
import { nameOf } from './ids.ts'
import type { ResourceKind } from './resource-kind.ts'

export const logGroup: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call, region, account } = deployment
    const { properties } = wanted
    const logGroupName = textOf(member(properties, 'LogGroupName')) ?? nameOf(deployment, wanted)
    try {
      const logGroupClass = textOf(member(properties, 'LogGroupClass'))
      const kmsKeyId = textOf(member(properties, 'KmsKeyId'))
      await call('logs', 'CreateLogGroup', { logGroupName, logGroupClass, kmsKeyId })
    } catch (error) {
      if (!(error instanceof ServiceFault) || error.code !== 'ResourceAlreadyExistsException') throw error
    }
    const retentionInDays = textOf(member(properties, 'RetentionInDays'))
    if (retentionInDays !== undefined) {
      await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: Number(retentionInDays) })
    }
    return {
      physicalId: logGroupName,
      ref: logGroupName,
      attributes: { Arn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*` },
      input: {},
      remove: async (call) => void (await call('logs', 'DeleteLogGroup', { logGroupName })),
    }
  },
}
