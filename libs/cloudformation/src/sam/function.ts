// `AWS::Serverless::Function` → a function, its role, its version and alias.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
import { names } from '../names.ts'
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { call, member, plant, textOf } from '../node.ts'
import { hashOf, shortHashLength, type Output } from './output.ts'
import { addRole } from './policies.ts'
import { checkProperties, keptOf, requiredText, tagList } from './properties.ts'

const table = {
  kept: names(`
    FunctionName Description Handler Runtime Timeout MemorySize Environment Layers Architectures
    EphemeralStorage ReservedConcurrentExecutions LoggingConfig RecursiveLoop
  `),
  read: names(`
    CodeUri InlineCode ImageUri PackageType Events Policies Role Tags Tracing AutoPublishAlias EventInvokeConfig
    AssumeRolePolicyDocument PermissionsBoundary RolePath VersionDescription
  `),
  idle: names(`
    DeadLetterQueue DeploymentPreference FileSystemConfigs ImageConfig KmsKeyArn
    ProvisionedConcurrencyConfig VpcConfig RuntimeManagementConfig SnapStart FunctionUrlConfig
    CodeSigningConfigArn PropagateTags AutoPublishAliasAllProperties AutoPublishCodeSha256
    VersionDeletionPolicy SourceKMSKeyArn TenancyConfig CapacityProviderConfig DurableConfig
    FunctionScalingConfig PublishToLatestPublished
  `),
}

/** The node that events and authorizers call: the function's alias if it has one, else the function. */
export function callableOf(at: { readonly offset: number }, { logicalId, properties }: Draft): Node {
  const alias = textOf(member(properties, 'AutoPublishAlias'))
  return alias === undefined ? call(at, 'Fn::GetAtt', [logicalId, 'Arn']) : call(at, 'Ref', `${logicalId}Alias${alias}`)
}

/** Adds the resources of a function. Its events are handled with the APIs. Throws {@link Problem}s. */
export function transformFunction(draft: Draft, output: Output): void {
  const { logicalId, properties } = draft
  checkProperties(draft, table, output)
  const role = member(properties, 'Role')
  if (role === undefined) addRole(draft, output)
  const tracing = textOf(member(properties, 'Tracing'))
  output.add(draft, logicalId, 'AWS::Lambda::Function', {
    ...keptOf(properties, table.kept),
    Code: codeOf(draft),
    Role: role ?? call(draft, 'Fn::GetAtt', [`${logicalId}Role`, 'Arn']),
    TracingConfig: tracing === undefined || tracing === 'Disabled' ? undefined : { Mode: tracing },
    Tags: tagList(draft, member(properties, 'Tags'), { 'lambda:createdBy': 'SAM' }),
  })
  addAlias(draft, output)
  addEventInvokeConfig(draft, output)
}

/** A local folder or zip stays a path, as `aws cloudformation package` takes it; S3's members get Lambda's names. */
function codeOf(draft: Draft): Plain {
  const { logicalId, properties } = draft
  const [uri, inline] = [member(properties, 'CodeUri'), member(properties, 'InlineCode')]
  const image = member(properties, 'ImageUri') ?? member(properties, 'PackageType')
  if (image !== undefined && textOf(image) !== 'Zip') {
    throw new Problem(`${logicalId}: functions that are container images do not run here`, image)
  }
  if (inline !== undefined) return { ZipFile: inline }
  if (uri?.kind === 'map') {
    return { S3Bucket: member(uri, 'Bucket'), S3Key: member(uri, 'Key'), S3ObjectVersion: member(uri, 'Version') }
  }
  return plant(uri ?? draft, requiredText(draft, 'CodeUri or InlineCode', uri))
}

/** `AutoPublishAlias`: a version named after its content, and an alias that points to it. */
function addAlias(draft: Draft, output: Output): void {
  const { logicalId, properties } = draft
  const alias = member(properties, 'AutoPublishAlias')
  const name = textOf(alias)
  if (alias === undefined || name === undefined) return
  const versionId = `${logicalId}Version${hashOf(properties).slice(0, shortHashLength)}`
  const functionName = call(alias, 'Ref', logicalId)
  output.add(alias, versionId, 'AWS::Lambda::Version', {
    FunctionName: functionName,
    Description: member(properties, 'VersionDescription'),
  })
  output.add(alias, `${logicalId}Alias${name}`, 'AWS::Lambda::Alias', {
    FunctionName: functionName,
    FunctionVersion: call(alias, 'Fn::GetAtt', [versionId, 'Version']),
    Name: name,
  })
  output.aliases.set(`${logicalId}.Version`, versionId)
  output.aliases.set(`${logicalId}.Alias`, `${logicalId}Alias${name}`)
}

/** The settings of retries for asynchronous invocations. Their destinations, such as queues, do not exist here. */
function addEventInvokeConfig(draft: Draft, output: Output): void {
  const { logicalId, properties, dependsOn } = draft
  const config = member(properties, 'EventInvokeConfig')
  if (config === undefined) return
  const destinations = member(config, 'DestinationConfig')
  if (destinations !== undefined) output.remark(destinations, `DestinationConfig of ${logicalId} has no effect here`)
  const retries = keptOf(config, ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts'])
  if (Object.keys(retries).length === 0) return
  const alias = textOf(member(properties, 'AutoPublishAlias'))
  const aliasIds = alias === undefined ? [] : [`${logicalId}Alias${alias}`]
  output.add(
    { ...draft, dependsOn: [...dependsOn, ...aliasIds], offset: config.offset },
    `${logicalId}EventInvokeConfig`,
    'AWS::Lambda::EventInvokeConfig',
    {
      FunctionName: call(config, 'Ref', logicalId),
      Qualifier: alias ?? '$LATEST',
      ...retries,
    },
  )
}
