// IAM and STS as far as deployment tools need them: who am I, roles with policies, users with access keys; accounts and regions apart.
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { createRestApi } from '../fixture/rest-api.ts'
import { describeGateway } from '../fixture/test.ts'

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

describeGateway('IAM and STS', (test) => {
  test('GetCallerIdentity names the account', async ({ sts }) => {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand())
    expect(Account).toBe('000000000000')
    expect(Arn).toMatch(/^arn:aws:(?:iam|sts)::000000000000:/)
  })

  test('an access key id of twelve digits names an account with resources of its own', async ({ gateway, rest }) => {
    const own = { ...gateway.clientConfig, credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' } }
    expect((await new STSClient(own).send(new GetCallerIdentityCommand())).Account).toBe('111122223333')
    await createRestApi(rest, 'of the default account')
    const elsewhere = { ...gateway.clientConfig, region: 'eu-west-1' }
    expect((await new APIGatewayClient(own).send(new GetRestApisCommand())).items ?? []).toEqual([])
    expect((await new APIGatewayClient(elsewhere).send(new GetRestApisCommand())).items ?? []).toEqual([])
  })

  test('a role is made, given policies, read and deleted', async ({ iam }) => {
    const RoleName = 'lambda-role'
    const AssumeRolePolicyDocument = JSON.stringify(trust)
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    expect(Role?.Arn).toBe('arn:aws:iam::000000000000:role/lambda-role')
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    })
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    const read = await iam.send(new GetRoleCommand({ RoleName }))
    expect(JSON.parse(decodeURIComponent(read.Role?.AssumeRolePolicyDocument ?? ''))).toEqual(trust)
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }))
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await iam.send(new DeleteRoleCommand({ RoleName }))
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({ name: 'NoSuchEntityException' })
  })

  test('a user gets an access key', async ({ iam }) => {
    await iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
    expect(AccessKey).toMatchObject({ UserName: 'ann', Status: 'Active' })
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(AccessKey?.SecretAccessKey).toHaveLength(40)
  })
})
