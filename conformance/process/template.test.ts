// `sluice dev template.yaml`: a SAM function behind both kinds of API, live, as a process.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'

const template = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters: { Word: { Type: String } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      CodeUri: ./src
      Environment: { Variables: { WORD: !Ref Word } }
      Events:
        Rest: { Type: Api, Properties: { RestApiId: !Ref Shop, Path: /hello, Method: get } }
        Http: { Type: HttpApi, Properties: { Path: /hello, Method: get } }
  Shop:
    Type: AWS::Serverless::Api
    Properties: { Name: shop, StageName: live, DefinitionUri: shop.yaml }
  Table: { Type: AWS::Serverless::SimpleTable }
Outputs:
  ShopUrl: { Value: !Sub 'https://\${Shop}.execute-api.\${AWS::Region}.amazonaws.com/\${Shop.Stage}' }
`

const shop = (path: string): string => `
openapi: 3.0.1
info: { title: shop, version: '1' }
paths:
  ${path}:
    get:
      responses: { '200': { description: ok } }
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: { Fn::Sub: 'arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${Hello.Arn}/invocations' }
`

test('deploys a template with its functions, prints what it made, and follows its changes', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'src'))
  const code = `exports.handler = async () => ({ statusCode: 200, body: process.env.WORD })`
  await writeFile(join(folder, 'src', 'index.js'), code)
  await writeFile(join(folder, 'shop.yaml'), shop('/hello'))
  await writeFile(join(folder, 'template.yaml'), template)
  const sluice = await startSluice(['dev', 'template.yaml', '--parameters', 'Word=one'], { cwd: folder })
  onTestFinished(async () => void (await sluice.stop()))

  const rows = [...sluice.stdout().matchAll(/^(\S+) +(REST|HTTP) +(\S+) +(\d+) +http:\/\/([a-z0-9]+)\./gm)]
  expect(rows.map(([, name, kind, stage, routes]) => [name, kind, stage, routes])).toEqual([
    ['shop', 'REST', 'live', '1'],
    ['template', 'HTTP', '$default', '1'],
  ])
  const [restId = '', httpId = ''] = rows.map((row) => row[5])
  expect(sluice.stdout()).toContain('template.yaml: warning: 19:3: AWS::DynamoDB::Table Table is not made by Sluice\n')
  const { port } = new URL(sluice.url)
  expect(sluice.stdout()).toContain(`ShopUrl  http://${restId}.execute-api.localhost:${port}/live\n`)
  const word = async (apiId: string, path: string): Promise<string> => (await callApi(sluice.url, apiId, path)).text
  expect(await word(restId, '/live/hello')).toBe('one')
  expect(await word(httpId, '/hello')).toBe('one')

  await writeFile(join(folder, 'template.yaml'), template.replace('CodeUri: ./src', 'CodeUri: [./src'))
  const complaint = await until(
    'a complaint',
    () => /^template\.yaml:(\d+):\d+: not deployed: /m.exec(sluice.stdout())?.[1],
  )
  expect(Number(complaint)).toBe(12)
  expect(await word(httpId, '/hello')).toBe('one')

  await writeFile(join(folder, 'template.yaml'), template.replace('!Ref Word', 'two'))
  await until('the second word', async () => (await word(httpId, '/hello')) === 'two')

  await writeFile(join(folder, 'shop.yaml'), shop('/again'))
  await until('the second document', async () => (await word(restId, '/live/again')) === 'two')
})
