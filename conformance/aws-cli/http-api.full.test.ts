// An HTTP API and a Lambda function from nothing to nothing with the AWS CLI.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { noAwsCli, openShell } from '../fixture/aws-cli.ts'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { startUpstream, type Seen } from '../fixture/upstream.ts'
import { zipOf } from '../fixture/zip.ts'

test(`the AWS CLI puts an HTTP API before a server and a function ${noAwsCli ?? ''}`, async ({ skip }) => {
  skip(noAwsCli !== undefined, noAwsCli)
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const folder = await temporaryFolder()
  const { run, fail, steps } = openShell(sluice.url, folder)
  const package1 = zipOf({
    'index.js': 'exports.handler = async (event) => ({ statusCode: 200, body: `hello ${event.rawPath}` })',
  })
  const package2 = zipOf({
    'index.js': 'exports.handler = async (event) => ({ statusCode: 200, body: `goodbye ${event.rawPath}` })',
  })
  await writeFile(join(folder, 'function.zip'), package1)
  await writeFile(join(folder, 'changed.zip'), package2)
  const trust =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'

  const role = await run(
    `aws iam create-role --role-name hello --assume-role-policy-document '${trust}' --query Role.Arn --output text`,
  )
  expect(role).toBe('arn:aws:iam::000000000000:role/hello')
  const arn = await run(
    `aws lambda create-function --function-name hello --runtime nodejs22.x --handler index.handler --role ${role} --zip-file fileb://function.zip --query FunctionArn --output text`,
  )
  expect(arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:hello')
  await run('aws lambda wait function-active-v2 --function-name hello')
  await run(
    `aws lambda invoke --function-name hello --cli-binary-format raw-in-base64-out --payload '{"rawPath":"/direct"}' answer.json 2>/dev/null || aws lambda invoke --function-name hello --payload '{"rawPath":"/direct"}' answer.json`,
  )
  expect(await run('cat answer.json')).toBe('{"statusCode":200,"body":"hello /direct"}')

  const api = await run('aws apigatewayv2 create-api --name pets --protocol-type HTTP --query ApiId --output text')
  expect(await run(`aws apigatewayv2 get-api --api-id ${api} --query ApiEndpoint --output text`)).toBe(
    `http://${api}.execute-api.localhost:${sluice.port}`,
  )
  const server = await run(
    `aws apigatewayv2 create-integration --api-id ${api} --integration-type HTTP_PROXY --integration-method ANY --integration-uri ${upstream.url}/pets/{petId} --payload-format-version 1.0 --query IntegrationId --output text`,
  )
  await run(
    `aws apigatewayv2 create-route --api-id ${api} --route-key 'ANY /pets/{petId}' --target integrations/${server}`,
  )
  const lambda = await run(
    `aws apigatewayv2 create-integration --api-id ${api} --integration-type AWS_PROXY --integration-uri ${arn} --payload-format-version 2.0 --query IntegrationId --output text`,
  )
  const fallback = await run(
    `aws apigatewayv2 create-route --api-id ${api} --route-key '$default' --target integrations/${lambda} --query RouteId --output text`,
  )
  await run(
    `aws lambda add-permission --function-name hello --statement-id api --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn "arn:aws:execute-api:us-east-1:000000000000:${api}/*"`,
  )
  await run(`aws apigatewayv2 create-stage --api-id ${api} --stage-name '$default' --auto-deploy`)
  expect((JSON.parse((await callApi(sluice.url, api, '/pets/7')).text) as Seen).url).toBe('/pets/7')
  expect((await callApi(sluice.url, api, '/world')).text).toBe('hello /world')

  await run('aws lambda update-function-code --function-name hello --zip-file fileb://changed.zip')
  await run('aws lambda wait function-updated-v2 --function-name hello')
  expect((await callApi(sluice.url, api, '/world')).text).toBe('goodbye /world')
  await run(
    `aws apigatewayv2 update-integration --api-id ${api} --integration-id ${server} --integration-uri ${upstream.url}/moved`,
  )
  expect((JSON.parse((await callApi(sluice.url, api, '/pets/7')).text) as Seen).url).toBe('/moved')
  expect(await run(`aws apigatewayv2 get-routes --api-id ${api} --query "sort(Items[].RouteKey)" --output text`)).toBe(
    '$default\tANY /pets/{petId}',
  )
  expect(await fail(`aws apigatewayv2 create-route --api-id ${api} --route-key '$default'`)).toContain(
    'ConflictException',
  )
  await run(`aws apigatewayv2 delete-route --api-id ${api} --route-id ${fallback}`)
  expect((await callApi(sluice.url, api, '/world')).status).toBe(404)

  expect(await run('aws lambda list-functions --query "Functions[].FunctionName" --output text')).toBe('hello')
  expect(await fail('aws lambda get-function --function-name nobody')).toContain('ResourceNotFoundException')
  await run('aws lambda delete-function --function-name hello')
  await run(`aws apigatewayv2 delete-api --api-id ${api}`)
  expect(await run('aws apigatewayv2 get-apis --query "Items[].Name" --output text')).toBe('')
  await run('aws iam delete-role --role-name hello')
  expect(steps()).toBeGreaterThanOrEqual(25)
})
