// The second version of the AWS CLI, the one that follows logs: `aws logs tail`, and a line for each service that it knows another way.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { noSecondAwsCli, openSecondShell } from '../fixture/aws-cli.ts'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { zipOf } from '../fixture/zip.ts'

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

const document = `
openapi: 3.0.1
info: { title: pets, version: '1' }
paths:
  /pets/{id}:
    get:
      responses: { '200': { description: ok } }
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('pets')}/invocations
`

const source = `exports.handler = async ({ path, awslogs }) => {
  console.log(awslogs ? 'LINES ' + require('zlib').gunzipSync(Buffer.from(awslogs.data, 'base64')) : 'PATH ' + path)
  return { statusCode: 200, body: 'ok' }
}`

/** A gateway that asks for permissions, a shell for it, and the function \`pets\` behind the stage \`prod\` of a REST API. */
async function open() {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'pets.yaml'), document)
  await writeFile(join(folder, 'function.zip'), zipOf({ 'index.js': source }))
  const sluice = await startSluice(['dev', '--lambda-permissions', 'on'])
  onTestFinished(async () => void (await sluice.stop()))
  const shell = openSecondShell(sluice.url, folder)
  const { run } = shell
  const role = 'arn:aws:iam::000000000000:role/any'
  const code = `--runtime nodejs24.x --handler index.handler --role ${role} --zip-file fileb://function.zip`
  await run(`aws lambda create-function --function-name pets ${code}`)
  await run('aws lambda wait function-active-v2 --function-name pets')
  const allow = '--action lambda:InvokeFunction --statement-id api --principal apigateway.amazonaws.com'
  await run(`aws lambda add-permission --function-name pets ${allow}`)
  const api = await run('aws apigateway import-rest-api --body fileb://pets.yaml --query id --output text')
  await run(`aws apigateway create-deployment --rest-api-id ${api} --stage-name prod --tracing-enabled`)
  const get = (path: string) => callApi(sluice.url, api, path)
  return { shell, api, code, get }
}

test(`aws logs tail follows every kind of log ${noSecondAwsCli ?? ''}`, async ({ skip }) => {
  skip(noSecondAwsCli !== undefined, noSecondAwsCli)
  const { shell, api, get } = await open()
  const { run, start } = shell
  const account = '--patch-operations op=replace,path=/cloudwatchRoleArn,value=arn:aws:iam::000000000000:role/logs'
  await run(`aws apigateway update-account ${account}`)
  await run('aws logs create-log-group --log-group-name access')
  const patches = [
    'op=replace,path=/accessLogSettings/destinationArn,value=arn:aws:logs:us-east-1:000000000000:log-group:access',
    "'op=replace,path=/accessLogSettings/format,value=$context.status $context.path $context.requestId'",
    "'op=replace,path=/*/*/logging/loglevel,value=INFO'",
  ]
  await run(
    `aws apigateway update-stage --rest-api-id ${api} --stage-name prod --patch-operations ${patches.join(' ')}`,
  )
  await get('/prod/pets/1')
  const follow = (group: string, options = '') => {
    const line = start(`aws logs tail '${group}' --follow --since 5m ${options}`)
    onTestFinished(line.end)
    return line
  }
  const access = follow('access')
  const execution = follow(
    `API-Gateway-Execution-Logs_${api}/prod`,
    `--format short --filter-pattern '"Method completed"'`,
  )
  const written = follow('/aws/lambda/pets', '--filter-pattern PATH --format short')
  const settled = { timeout: 30_000, interval: 200 }
  // What was there before comes first; then what comes while it runs.
  for (const line of [access, execution, written]) await expect.poll(line.printed, settled).not.toBe('')
  for (const id of [2, 3]) await get(`/prod/pets/${id}`)
  const lines = (printed: string) => printed.trim().split('\n')
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`
  await expect.poll(() => lines(access.printed()), settled).toHaveLength(3)
  for (const [index, line] of lines(access.printed()).entries()) {
    expect(line).toMatch(
      new RegExp(String.raw`^${time}\.\d{6}\+00:00 [0-9a-f]{32} 200 /prod/pets/${index + 1} [0-9a-f-]{36}$`),
    )
  }
  await expect.poll(() => lines(execution.printed()), settled).toHaveLength(3)
  for (const line of lines(execution.printed())) {
    expect(line).toMatch(new RegExp(String.raw`^${time} \([0-9a-f-]{36}\) Method completed with status: 200$`))
  }
  await expect.poll(() => lines(written.printed()), settled).toHaveLength(3)
  expect(lines(written.printed()).map((line) => line.split('PATH ')[1])).toEqual(['/pets/1', '/pets/2', '/pets/3'])
})

test(`subscriptions, metrics, traces and the rest through the second version ${noSecondAwsCli ?? ''}`, async ({
  skip,
}) => {
  skip(noSecondAwsCli !== undefined, noSecondAwsCli)
  const { shell, code, get } = await open()
  const { run, fail } = shell
  expect(await run('aws sts get-caller-identity --query Account --output text')).toBe('000000000000')
  await run('aws iam create-user --user-name ann')
  expect(await run('aws iam list-users --query Users[].UserName --output text')).toBe('ann')

  await run(`aws lambda create-function --function-name watcher ${code}`)
  await get('/prod/pets/1')
  const filter = "--log-group-name /aws/lambda/pets --filter-name paths --filter-pattern 'PATH'"
  const put = `aws logs put-subscription-filter ${filter} --destination-arn ${functionArn('watcher')}`
  expect(await fail(put)).toContain('Make sure you have given CloudWatch Logs permission to execute your function.')
  const allow = 'aws lambda add-permission --function-name watcher --action lambda:InvokeFunction'
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group'
  await run(`${allow} --statement-id other --principal logs.amazonaws.com --source-arn '${arn}:other:*'`)
  expect(await fail(put)).toContain('Make sure you have given CloudWatch Logs permission to execute your function.')
  await run(
    `${allow} --statement-id own --principal logs.us-east-1.amazonaws.com --source-arn '${arn}:/aws/lambda/pets:*'`,
  )
  await run(put)
  await get('/prod/pets/2')
  const tail = 'aws logs tail /aws/lambda/watcher --since 5m --format short --filter-pattern LINES'
  await expect.poll(() => run(tail).catch(() => ''), { timeout: 30_000, interval: 500 }).toContain('PATH /pets/2')
  expect(
    await run(
      'aws logs describe-subscription-filters --log-group-name /aws/lambda/pets --query subscriptionFilters[].filterPattern --output text',
    ),
  ).toBe('PATH')

  const window = '--start-time "$(date -u -d -10min +%FT%TZ)" --end-time "$(date -u -d +2min +%FT%TZ)"'
  const metric = '{"Namespace":"AWS/ApiGateway","MetricName":"Count","Dimensions":[{"Name":"ApiName","Value":"pets"}]}'
  const query = `--metric-data-queries '[{"Id":"a","MetricStat":{"Metric":${metric},"Period":3600,"Stat":"Sum"}}]'`
  const data = JSON.parse(await run(`aws cloudwatch get-metric-data ${window} ${query}`)) as {
    MetricDataResults: { Values: number[] }[]
  }
  expect(data.MetricDataResults.flatMap(({ Values }) => Values).reduce((sum, value) => sum + value, 0)).toBe(2)
  const statuses = `--query 'TraceSummaries[].Http.HttpStatus' --output text`
  expect(await run(`aws xray get-trace-summaries ${window} ${statuses}`)).toContain('200')

  const target = `--target ${functionArn('pets')} --query ApiId --output text`
  const http = await run(`aws apigatewayv2 create-api --name pets --protocol-type HTTP ${target}`)
  const settings = `--access-log-settings 'DestinationArn=${arn}:http,Format=$context.requestId $context.xrayTraceId'`
  expect(await fail(`aws apigatewayv2 update-stage --api-id ${http} --stage-name '$default' ${settings}`)).toContain(
    'The following context variables are not supported: [$context.xrayTraceId]',
  )
  expect(await fail('aws cloudformation describe-stacks')).toContain(
    'The service "cloudformation" is not served by Sluice.',
  )
  expect(await fail('aws logs describe-metric-filters')).toContain(
    'DescribeMetricFilters is not available in Sluice yet.',
  )
})
