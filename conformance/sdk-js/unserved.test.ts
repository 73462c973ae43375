// Services of AWS that are not served: their clients are told so in the form that they read.
import { expect, onTestFinished, test } from 'vitest'
import { createGateway } from '../../gateway/src/index.ts'

const form = 'application/x-www-form-urlencoded; charset=utf-8'

test.each([
  [
    form,
    'text/xml',
    /^<ErrorResponse><Error><Type>Sender<\/Type><Code>NotImplementedException<\/Code><Message>The service "cloudformation" is not served by Sluice\. See docs\/compatibility\.md\.<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>\n$/,
  ],
  [
    'application/x-amz-json-1.1',
    'application/json',
    /^\{"message":"The service \\"cloudformation\\" is not served by Sluice\. See docs\/compatibility\.md\."\}$/,
  ],
])('a call with %s is answered in %s', async (contentType, answered, body) => {
  const gateway = createGateway({ logLevel: 'silent' })
  onTestFinished(() => gateway.close())
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=00'
  const response = await gateway.invoke('http://localhost/', {
    method: 'POST',
    headers: { 'content-type': contentType, authorization },
    body: 'Action=DescribeStacks&Version=2010-05-15',
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([501, answered])
  expect(await response.text()).toMatch(body)
})

test.each([
  [
    'http://127.0.0.1:4566/',
    403,
    /^\{"message":"Missing Authentication Token\. This address takes AWS calls; an API is called by/,
  ],
  ['http://localhost:4566/pets', 403, /^\{"message":"Missing Authentication Token\. This address takes AWS calls;/],
  ['http://sqs.us-east-1.amazonaws.com/', 501, /^\{"message":"The service \\"sqs\\" is not served by Sluice\./],
])('a page of %s, which is no AWS call, is told what this address is', async (url, status, body) => {
  const gateway = createGateway({ logLevel: 'silent' })
  onTestFinished(() => gateway.close())
  const response = await gateway.invoke(url)
  expect(response.status).toBe(status)
  expect(await response.text()).toMatch(body)
})
