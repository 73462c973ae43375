// The calls by which Terraform's AWS provider makes, reads, changes and deletes what stands around an API, and an HTTP API itself.
import {
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteAccessLogSettingsCommand,
  DeleteApiCommand,
  DeleteApiMappingCommand,
  DeleteCorsConfigurationCommand,
  DeleteDomainNameCommand,
  DeleteRouteSettingsCommand,
  DeleteStageCommand,
  GetApiCommand,
  GetApiMappingCommand,
  GetIntegrationCommand,
  GetRouteCommand,
  GetStageCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'vitest'
import { describeGateway } from '../fixture/test.ts'
import { zipOf } from '../fixture/zip.ts'

const Role = 'arn:aws:iam::000000000000:role/any'
const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
})

describeGateway("The calls of Terraform's provider", (test) => {
  test('aws_iam_role', async ({ iam }) => {
    const RoleName = 'terraform'
    const gone = { name: 'NoSuchEntityException' }
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject(gone)
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, Description: 'one' }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual([])
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([
      { PolicyArn, PolicyName: 'AWSLambdaBasicExecutionRole' },
    ])
    await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'two' }))
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Description).toBe('two')
    expect((await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles).toEqual([])
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await iam.send(new DeleteRoleCommand({ RoleName }))
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject(gone)
  })

  test('aws_lambda_function, aws_lambda_permission', async ({ lambda }) => {
    const FunctionName = 'terraform'
    const gone = { name: 'ResourceNotFoundException' }
    const ZipFile = zipOf({ 'index.js': 'exports.handler = async () => 1' })
    await expect(lambda.send(new GetFunctionCommand({ FunctionName }))).rejects.toMatchObject(gone)
    const settings = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role, Timeout: 3, MemorySize: 128 } as const
    await lambda.send(
      new CreateFunctionCommand({ FunctionName, ...settings, Code: { ZipFile }, Publish: true, Tags: { team: 'zoo' } }),
    )
    const { Code, Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(Configuration).toMatchObject({ ...settings, State: 'Active', LastUpdateStatus: 'Successful' })
    expect(Code?.Location).toMatch(/^https?:\/\//)
    expect(Tags).toEqual({ team: 'zoo' })
    expect(await versions()).toEqual(['$LATEST', '1'])
    const signing = await lambda.send(new GetFunctionCodeSigningConfigCommand({ FunctionName }))
    expect(signing).toMatchObject({ FunctionName, CodeSigningConfigArn: '' })
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }))
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName,
        ZipFile: zipOf({ 'index.js': 'exports.handler = async () => 2' }),
      }),
    )
    await lambda.send(new PublishVersionCommand({ FunctionName }))
    expect(await versions()).toEqual(['$LATEST', '1', '2'])
    await expect(lambda.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject(gone)
    const permission = {
      FunctionName,
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }
    await lambda.send(new AddPermissionCommand(permission))
    await expect(lambda.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: 'ResourceConflictException',
    })
    await lambda.send(new DeleteFunctionCommand({ FunctionName }))
    await expect(lambda.send(new GetFunctionCommand({ FunctionName }))).rejects.toMatchObject(gone)

    async function versions(): Promise<(string | undefined)[]> {
      const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }))
      return Versions.map(({ Version }) => Version)
    }
  })

  test('aws_apigatewayv2_api, _integration, _authorizer, _route', async ({ http }) => {
    const { ApiId = '' } = await http.send(
      new CreateApiCommand({
        Name: 'terraform',
        ProtocolType: 'HTTP',
        CorsConfiguration: { AllowOrigins: ['*'] },
        RouteSelectionExpression: '$request.method $request.path',
        ApiKeySelectionExpression: '$request.header.x-api-key',
        Tags: { team: 'zoo' },
      }),
    )
    await http.send(new DeleteCorsConfigurationCommand({ ApiId }))
    await http.send(new UpdateApiCommand({ ApiId, Description: '', Version: '', DisableExecuteApiEndpoint: false }))
    expect((await http.send(new GetApiCommand({ ApiId }))).CorsConfiguration).toBeUndefined()

    const { IntegrationId } = await http.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'GET',
        IntegrationUri: 'http://127.0.0.1:9000',
        ConnectionType: 'INTERNET',
        PayloadFormatVersion: '1.0',
        RequestParameters: { 'append:header.a': 'b' },
      }),
    )
    // What left the configuration is sent as an empty text.
    await http.send(
      new UpdateIntegrationCommand({ ApiId, IntegrationId, RequestParameters: { 'append:header.a': '' } }),
    )
    expect((await http.send(new GetIntegrationCommand({ ApiId, IntegrationId }))).RequestParameters).toEqual({})

    const invocation = 'arn:aws:lambda:us-east-1:000000000000:function:any/invocations'
    const { AuthorizerId } = await http.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'door',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${invocation}`,
        AuthorizerPayloadFormatVersion: '2.0',
        IdentitySource: ['$request.header.a'],
      }),
    )
    await http.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, Name: 'gate', AuthorizerResultTtlInSeconds: 0 }))
    const Target = `integrations/${IntegrationId}`
    const route = { RouteKey: 'GET /a', Target, AuthorizationType: 'CUSTOM', AuthorizerId } as const
    const { RouteId } = await http.send(new CreateRouteCommand({ ApiId, ...route, ApiKeyRequired: false }))
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'NONE' }))
    expect((await http.send(new GetRouteCommand({ ApiId, RouteId }))).AuthorizationType).toBe('NONE')
    await http.send(new DeleteApiCommand({ ApiId }))
    await expect(http.send(new GetApiCommand({ ApiId }))).rejects.toMatchObject({ name: 'NotFoundException' })
  })

  test('aws_apigatewayv2_stage, _deployment, and their tags', async ({ http }) => {
    const { ApiId = '' } = await http.send(
      new CreateApiCommand({
        Name: 'terraform',
        ProtocolType: 'WEBSOCKET',
        RouteSelectionExpression: '$request.body.action',
      }),
    )
    const key = { ApiId, StageName: 'dev' }
    await expect(http.send(new GetStageCommand(key))).rejects.toMatchObject({ name: 'NotFoundException' })
    await http.send(new CreateRouteCommand({ ApiId, RouteKey: '$default' }))
    const settings = {
      LoggingLevel: 'OFF',
      DataTraceEnabled: false,
      ThrottlingBurstLimit: 5,
      ThrottlingRateLimit: 5,
    } as const
    await http.send(new CreateStageCommand({ ...key, AutoDeploy: true, DefaultRouteSettings: settings }))
    const { DeploymentId } = await http.send(new GetStageCommand(key))
    expect(DeploymentId).toMatch(/^[a-z0-9]{6}$/)
    const RouteSettings = { $default: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 } }
    const log = { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:a', Format: '$context.requestId' }
    await http.send(new UpdateStageCommand({ ...key, RouteSettings, AccessLogSettings: log }))
    await http.send(new DeleteRouteSettingsCommand({ ...key, RouteKey: '$default' }))
    await http.send(new DeleteAccessLogSettingsCommand(key))
    const bare = await http.send(new GetStageCommand(key))
    expect([bare.RouteSettings, bare.AccessLogSettings]).toEqual([{}, undefined])
    const { DeploymentStatus } = await http.send(new CreateDeploymentCommand({ ApiId }))
    expect(DeploymentStatus).toBe('DEPLOYED')
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/dev`
    await http.send(new TagResourceCommand({ ResourceArn, Tags: { team: 'zoo', color: 'red' } }))
    await http.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['color'] }))
    expect((await http.send(new GetTagsCommand({ ResourceArn }))).Tags).toEqual({ team: 'zoo' })
    await http.send(new DeleteStageCommand(key))
    await http.send(new DeleteApiCommand({ ApiId }))
  })

  test('aws_apigatewayv2_domain_name, _api_mapping', async ({ http }) => {
    const { ApiId = '' } = await http.send(new CreateApiCommand({ Name: 'terraform', ProtocolType: 'HTTP' }))
    await http.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }))
    const DomainName = 'terraform.example.com'
    const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-1111-1111-1111-111111111111'
    const configuration = { CertificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' } as const
    await http.send(new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [configuration] }))
    const { ApiMappingId } = await http.send(
      new CreateApiMappingCommand({ DomainName, ApiId, Stage: '$default', ApiMappingKey: 'v1' }),
    )
    const key = { DomainName, ApiMappingId }
    expect(await http.send(new GetApiMappingCommand(key))).toMatchObject({ ApiId, ApiMappingKey: 'v1' })
    await http.send(new DeleteApiMappingCommand(key))
    await expect(http.send(new GetApiMappingCommand(key))).rejects.toMatchObject({ name: 'NotFoundException' })
    await http.send(new DeleteDomainNameCommand({ DomainName }))
    await http.send(new DeleteApiCommand({ ApiId }))
  })
})
