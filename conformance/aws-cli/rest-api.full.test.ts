// A REST API from nothing to nothing with the AWS CLI: MOCK and HTTP integrations, deployments, stages, stage variables.
import { expect, onTestFinished, test } from 'vitest'
import { noAwsCli, openShell } from '../fixture/aws-cli.ts'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { startUpstream, type Seen } from '../fixture/upstream.ts'

test(`the AWS CLI builds, deploys, changes and deletes a REST API ${noAwsCli ?? ''}`, async ({ skip }) => {
  skip(noAwsCli !== undefined, noAwsCli)
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { run, fail, steps } = openShell(sluice.url, await temporaryFolder())

  expect(await run('aws sts get-caller-identity --query Account --output text')).toBe('000000000000')
  const api = await run(
    'aws apigateway create-rest-api --name pets --description "All the pets" --query id --output text',
  )
  expect(api).toMatch(/^[a-z0-9]{10}$/)
  expect(await run(`aws apigateway get-rest-api --rest-api-id ${api} --query "[name,description]" --output text`)).toBe(
    'pets\tAll the pets',
  )
  expect(await run('aws apigateway get-rest-apis --query "items[?name==\'pets\'].id" --output text')).toBe(api)
  const root = await run(
    `aws apigateway get-resources --rest-api-id ${api} --query "items[?path=='/'].id" --output text`,
  )
  const pets = await run(
    `aws apigateway create-resource --rest-api-id ${api} --parent-id ${root} --path-part pets --query id --output text`,
  )
  const pet = await run(
    `aws apigateway create-resource --rest-api-id ${api} --parent-id ${pets} --path-part '{petId}' --query id --output text`,
  )

  const one = `--rest-api-id ${api} --resource-id ${pet} --http-method GET`
  await run(
    `aws apigateway put-method ${one} --authorization-type NONE --request-parameters method.request.path.petId=true`,
  )
  await run(
    `aws apigateway put-integration ${one} --type MOCK --request-templates '{"application/json": "{\\"statusCode\\": 200}"}'`,
  )
  await run(
    `aws apigateway put-method-response ${one} --status-code 200 --response-models '{"application/json": "Empty"}'`,
  )
  await run(
    `aws apigateway put-integration-response ${one} --status-code 200 --response-templates '{"application/json": "{\\"id\\": \\"$input.params(\\u0027petId\\u0027)\\", \\"color\\": \\"$stageVariables.color\\"}"}'`,
  )
  const all = `--rest-api-id ${api} --resource-id ${pets} --http-method ANY`
  await run(`aws apigateway put-method ${all} --authorization-type NONE`)
  await run(
    `aws apigateway put-integration ${all} --type HTTP_PROXY --integration-http-method ANY --uri ${upstream.url}/all`,
  )

  const first = await run(
    `aws apigateway create-deployment --rest-api-id ${api} --stage-name prod --variables color=red --query id --output text`,
  )
  expect((await callApi(sluice.url, api, '/prod/pets/7')).text).toBe('{"id": "7", "color": "red"}')
  expect(
    JSON.parse((await callApi(sluice.url, api, '/prod/pets?a=1', { method: 'DELETE' })).text) as Seen,
  ).toMatchObject({
    method: 'DELETE',
    url: '/all?a=1',
  })

  await run(
    `aws apigateway update-stage --rest-api-id ${api} --stage-name prod --patch-operations op=replace,path=/variables/color,value=blue`,
  )
  expect((await callApi(sluice.url, api, '/prod/pets/7')).text).toBe('{"id": "7", "color": "blue"}')
  await run(
    `aws apigateway update-integration-response ${one} --status-code 200 --patch-operations 'op=replace,path=/responseTemplates/application~1json,value=changed'`,
  )
  expect((await callApi(sluice.url, api, '/prod/pets/7')).text).toBe('{"id": "7", "color": "blue"}')
  const second = await run(
    `aws apigateway create-deployment --rest-api-id ${api} --stage-name prod --query id --output text`,
  )
  expect((await callApi(sluice.url, api, '/prod/pets/7')).text).toBe('changed')
  await run(
    `aws apigateway create-stage --rest-api-id ${api} --stage-name old --deployment-id ${first} --variables color=grey`,
  )
  expect((await callApi(sluice.url, api, '/old/pets/7')).text).toBe('{"id": "7", "color": "grey"}')
  expect(
    await run(`aws apigateway get-stages --rest-api-id ${api} --query "sort(item[].stageName)" --output text`),
  ).toBe('old\tprod')
  expect(
    (await run(`aws apigateway get-deployments --rest-api-id ${api} --query "items[].id" --output text`))
      .split(/\s+/)
      .sort(),
  ).toEqual([first, second].sort())
  expect(await fail(`aws apigateway delete-deployment --rest-api-id ${api} --deployment-id ${second}`)).toContain(
    'BadRequestException',
  )
  await run(`aws apigateway delete-stage --rest-api-id ${api} --stage-name old`)
  expect((await callApi(sluice.url, api, '/old/pets/7')).status).toBe(403)

  await run(`aws apigateway delete-method ${all}`)
  await run(`aws apigateway create-deployment --rest-api-id ${api} --stage-name prod`)
  expect((await callApi(sluice.url, api, '/prod/pets')).text).toBe('{"message":"Missing Authentication Token"}')
  expect(await fail(`aws apigateway get-resource --rest-api-id ${api} --resource-id zzzzzz`)).toContain(
    'NotFoundException',
  )
  await run(`aws apigateway delete-rest-api --rest-api-id ${api}`)
  expect(await fail(`aws apigateway get-rest-api --rest-api-id ${api}`)).toContain(
    `(NotFoundException) when calling the GetRestApi operation`,
  )
  expect((await callApi(sluice.url, api, '/prod/pets/7')).status).toBe(403)
  expect(steps()).toBeGreaterThanOrEqual(25)
})
