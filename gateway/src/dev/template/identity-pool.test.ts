// Identity pools of templates on a whole gateway.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createGateway } from '../../embedded.ts'

const template = (name: string): string => `
Resources:
  Users: { Type: AWS::Cognito::UserPool, Properties: {} }
  Client: { Type: AWS::Cognito::UserPoolClient, Properties: { UserPoolId: !Ref Users } }
  Pool:
    Type: AWS::Cognito::IdentityPool
    Properties:
      IdentityPoolName: ${name}
      AllowUnauthenticatedIdentities: true
      CognitoIdentityProviders: [{ ProviderName: !GetAtt Users.ProviderName, ClientId: !Ref Client }]
      IdentityPoolTags: [{ Key: team, Value: zoo }]
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: guests
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { Federated: cognito-identity.amazonaws.com }
            Action: sts:AssumeRoleWithWebIdentity
            Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': !Ref Pool } }
  Roles:
    Type: AWS::Cognito::IdentityPoolRoleAttachment
    Properties:
      IdentityPoolId: !Ref Pool
      Roles: { unauthenticated: !GetAtt Role.Arn }
      RoleMappings:
        users:
          IdentityProvider: !Sub '\${Users.ProviderName}:\${Client}'
          Type: Token
          AmbiguousRoleResolution: Deny
  Tags:
    Type: AWS::Cognito::IdentityPoolPrincipalTag
    Properties: { IdentityPoolId: !Ref Pool, IdentityProviderName: !GetAtt Users.ProviderName, PrincipalTags: { team: dept } }
Outputs:
  Pool: { Value: !Ref Pool }
  Name: { Value: !GetAtt Pool.Name }
`

const userPool = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Users'

test('an identity pool is made with its roles and tags, changed in place, and removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-template-'))
  const gateway = createGateway({ logLevel: 'error' })
  onTestFinished(async () => {
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  })
  const file = join(folder, 'template.yaml')
  const deploy = async (text: string) => {
    await writeFile(file, text)
    return gateway.deploy(file)
  }
  const call = async (operation: string, input: object): Promise<unknown> => {
    const headers = {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSCognitoIdentityService.${operation}`,
    }
    const answer = await gateway.invoke('http://localhost/', { method: 'POST', headers, body: JSON.stringify(input) })
    return answer.json()
  }
  const { outputs } = await deploy(template('pets'))
  const { Pool: IdentityPoolId = '', Name } = outputs
  expect(IdentityPoolId).toMatch(/^us-east-1:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(Name).toBe('pets')
  expect(await call('DescribeIdentityPool', { IdentityPoolId })).toMatchObject({
    IdentityPoolName: 'pets',
    CognitoIdentityProviders: [{ ProviderName: userPool, ClientId: 'Client' }],
    IdentityPoolTags: { team: 'zoo' },
  })
  expect(await call('GetIdentityPoolRoles', { IdentityPoolId })).toEqual({
    IdentityPoolId,
    Roles: { unauthenticated: 'arn:aws:iam::000000000000:role/guests' },
    RoleMappings: { [`${userPool}:Client`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } },
  })
  const map = { IdentityPoolId, IdentityProviderName: userPool }
  expect(await call('GetPrincipalTagAttributeMap', map)).toMatchObject({ PrincipalTags: { team: 'dept' } })
  const { IdentityId } = (await call('GetId', { IdentityPoolId })) as { readonly IdentityId: string }
  expect(await call('GetCredentialsForIdentity', { IdentityId })).toMatchObject({ IdentityId })
  expect((await deploy(template('cats'))).outputs).toEqual({ Pool: IdentityPoolId, Name: 'cats' })
  expect(await call('DescribeIdentity', { IdentityId })).toMatchObject({ IdentityId })
  await deploy('Resources: { Logs: { Type: AWS::Logs::LogGroup } }')
  expect(await call('DescribeIdentityPool', { IdentityPoolId })).toEqual({
    __type: 'ResourceNotFoundException',
    message: `IdentityPool '${IdentityPoolId}' not found.`,
  })
})
