// The AWS CLI with files and pages: imports, exports, SDKs, test invocations, waiters, tokens and `--cli-input-json`.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { noAwsCli, openShell } from '../fixture/aws-cli.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { zipOf } from '../fixture/zip.ts'

const document = `
openapi: 3.0.1
info: { title: pets, version: '1' }
paths:
  /pets/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses: { default: { statusCode: '200', responseTemplates: { application/json: '"$input.params(''id'')"' } } }
`

test(`the AWS CLI imports, exports, pages and waits ${noAwsCli ?? ''}`, async ({ skip }) => {
  skip(noAwsCli !== undefined, noAwsCli)
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'pets.yaml'), document)
  await writeFile(join(folder, 'function.zip'), zipOf({ 'index.js': 'exports.handler = async () => 1' }))
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { run } = openShell(sluice.url, folder)

  const api = await run('aws apigateway import-rest-api --body fileb://pets.yaml --query id --output text')
  await run(
    `aws apigateway create-deployment --rest-api-id ${api} --cli-input-json '{"stageName":"prod","variables":{"a":"b"}}'`,
  )
  const resources = `aws apigateway get-resources --rest-api-id ${api}`
  const pet = await run(`${resources} --query 'items[?path==\`/pets/{id}\`].id' --output text`)
  const invoke = `aws apigateway test-invoke-method --rest-api-id ${api} --resource-id ${pet} --http-method GET`
  expect(await run(`${invoke} --path-with-query-string /pets/7 --query '[status,body]' --output text`)).toBe('200\t"7"')
  expect(await run(`${resources} --output table`)).toContain('|  /pets/{id}')

  const exported = `aws apigateway get-export --rest-api-id ${api} --stage-name prod --export-type oas30`
  await run(`${exported} --parameters extensions=apigateway --accepts application/json pets.json`)
  expect(JSON.parse(await readFile(join(folder, 'pets.json'), 'utf8'))).toMatchObject({
    openapi: '3.0.1',
    paths: { '/pets/{id}': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } },
  })
  await run(`aws apigateway put-rest-api --rest-api-id ${api} --mode overwrite --body fileb://pets.json`)
  const http = await run('aws apigatewayv2 import-api --body file://pets.yaml --query ApiId --output text')
  const specification = '--output-type JSON --specification OAS30'
  await run(`aws apigatewayv2 export-api --api-id ${http} ${specification} http.json`)
  expect(JSON.parse(await readFile(join(folder, 'http.json'), 'utf8'))).toMatchObject({
    paths: { '/pets/{id}': { parameters: [{ name: 'id', in: 'path', required: true }] } },
  })
  await run(`aws apigateway get-sdk --rest-api-id ${api} --stage-name prod --sdk-type javascript sdk.zip`)
  expect((await readFile(join(folder, 'sdk.zip'))).includes('apiGateway-js-sdk/apigClient.js')).toBe(true)

  for (const name of ['one', 'two', 'three']) await run(`aws apigateway create-api-key --name ${name}`)
  const keys = 'aws apigateway get-api-keys --max-items 2 --page-size 1 --output json'
  const first = JSON.parse(await run(keys)) as { items: { name: string }[]; NextToken: string }
  const second = JSON.parse(await run(`${keys} --starting-token ${first.NextToken}`)) as typeof first
  const found = [...first.items, ...second.items].map(({ name }) => name)
  expect(found.toSorted()).toEqual(['one', 'three', 'two'])
  expect(second.NextToken).toBeUndefined()

  await run(
    'aws lambda create-function --function-name one --runtime nodejs24.x --handler index.handler --role arn:aws:iam::000000000000:role/any --zip-file fileb://function.zip',
  )
  await run('aws lambda wait function-active-v2 --function-name one')
  await run('aws lambda invoke --function-name one answer.json')
  expect(await readFile(join(folder, 'answer.json'), 'utf8')).toBe('1')
})
