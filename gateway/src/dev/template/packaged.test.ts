// Templates as tools package them: the assets of `cdk synth`, the archives of `serverless package`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../embedded.ts'

let folder: string
let gateway: EmbeddedGateway

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-packaged-'))
  gateway = createGateway({ logLevel: 'error' })
  onTestFinished(async () => {
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  })
})

async function deploy(file: string, template: object): ReturnType<EmbeddedGateway['deploy']> {
  await writeFile(join(folder, file), JSON.stringify(template))
  return gateway.deploy(join(folder, file))
}

async function get(apiId: string, path: string): Promise<string> {
  return (await gateway.invoke(`http://${apiId}.execute-api.localhost${path}`)).text()
}

const source = `exports.handler = async () => ({ statusCode: 200, body: 'packaged' })`
const bucket = { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' }

/** A function with this code, behind an HTTP API. */
const behindApi = (Code: object): object => ({
  F: {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/any', Code },
  },
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'api', ProtocolType: 'HTTP', Target: { 'Fn::GetAtt': ['F', 'Arn'] } },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: { Ref: 'F' }, Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' },
  },
})

/** A manifest of assets, key by path, as the CDK writes it beside a stack's template. */
const manifest = (assets: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    version: '48.0.0',
    files: Object.fromEntries(
      Object.entries(assets).map(([objectKey, path]) => [
        objectKey.replace(/\..*$/, ''),
        { source: { path, packaging: 'zip' }, destinations: { current: { bucketName: 'b', objectKey } } },
      ]),
    ),
  })

test('the code of a CDK function is the asset that the manifest names', async () => {
  await mkdir(join(folder, 'asset.abc'))
  await writeFile(join(folder, 'asset.abc', 'index.js'), source)
  await writeFile(join(folder, 'Shop.assets.json'), manifest({ 'abc.zip': 'asset.abc' }))
  const { apiId, warnings } = await deploy('Shop.template.json', {
    Parameters: {
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    },
    Resources: behindApi({ S3Bucket: bucket, S3Key: 'abc.zip' }),
  })
  expect(await get(apiId, '/')).toBe('packaged')
  expect(warnings).toEqual([])
})

test('the document of a CDK API is the asset that the manifest names', async () => {
  const integration = {
    type: 'http_proxy',
    httpMethod: 'GET',
    uri: 'http://127.0.0.1:9000',
    payloadFormatVersion: '1.0',
  }
  const paths = { '/pets': { get: { 'x-amazon-apigateway-integration': integration } } }
  const document = JSON.stringify({ openapi: '3.0.1', info: { title: 'described', version: '1' }, paths })
  await writeFile(join(folder, 'asset.def.json'), document)
  await writeFile(join(folder, 'Shop.assets.json'), manifest({ 'def.json': 'asset.def.json' }))
  const Api = {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { BodyS3Location: { Bucket: bucket, Key: 'def.json' } },
  }
  const Stage = {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: 'live', AutoDeploy: true },
  }
  const { apis } = await deploy('Shop.template.json', { Resources: { Api, Stage } })
  expect(apis).toMatchObject([{ name: 'described', kind: 'HTTP', stageName: 'live', routes: ['GET /pets'] }])
})

test('the code of a Serverless Framework function is the archive beside the template', async () => {
  await writeFile(join(folder, 'shop.zip'), zipSync({ 'index.js': Buffer.from(source) }))
  const S3Key = 'serverless/shop/dev/1763637000000-2026-11-20T11:10:00.000Z/shop.zip'
  const { apiId } = await deploy('cloudformation-template-update-stack.json', {
    Resources: {
      ...behindApi({ S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key }),
      ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
      Custom: { Type: 'Custom::ApiGatewayAccountRole', Version: 1, Properties: { ServiceToken: 'arn' } },
    },
  })
  expect(await get(apiId, '/')).toBe('packaged')
})

test('a key that leads nowhere is refused at its place, also beside a manifest that is none', async () => {
  await writeFile(join(folder, 'Shop.assets.json'), '{')
  for (const S3Key of ['gone.zip', 'a/..', '']) {
    const resources = behindApi({ S3Bucket: 'b', S3Key })
    await expect(deploy('Shop.template.json', { Resources: resources })).rejects.toThrow(
      'F: There is no S3: code is a folder or a zip file here',
    )
  }
})
