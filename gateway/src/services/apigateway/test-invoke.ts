// Test calls: runs a method or an authorizer of the API as it stands, deployed or not, and returns its log. Rules: REST 15,
// recorded REST 19.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Operations, TestInvokeAuthorizerRequest, TestInvokeMethodRequest } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { freezeRestApi } from '../../freeze/rest.ts'
import type { HeaderList } from '../../nouns/headers.ts'
import { toldByTest } from '../../nouns/test-context.ts'
import type { MethodTest } from '../../ports/test-calls.ts'
import type { Call } from '../call.ts'
import { found, foundResource, unknownApi } from './found.ts'
import { verbs } from './method-rules.ts'
import type { ApigatewayParts } from './parts.ts'

export function testInvoke({
  testCalls,
}: ApigatewayParts): Handlers<Operations, 'TestInvokeMethod' | 'TestInvokeAuthorizer', Call> {
  return {
    TestInvokeMethod: async (input, call) => {
      const { restApiId, resourceId, httpMethod, clientCertificateId } = input
      await foundResource(call, restApiId, resourceId)
      const configuredMethod = await configured(call, input)
      const snapshot = found(await freezeRestApi(call.store, restApiId), unknownApi(call, restApiId))
      const { status, headers, body, log, latencyMs } = await testCalls.method({
        scope: call.scope,
        snapshot,
        resourceId,
        configuredMethod,
        httpMethod,
        clientCertificate: await certificateOf(call, clientCertificateId),
        ...requestOf(input),
        tester: { ...call.principal, userAgent: call.userAgent },
      })
      return { status, body, ...headerMembers(headers), log, latency: latencyMs }
    },

    TestInvokeAuthorizer: async (input, call) => {
      const { restApiId, authorizerId, additionalContext } = input
      found(await call.store.get('Authorizer', [restApiId, authorizerId]), 'Invalid Authorizer identifier specified')
      const snapshot = found(await freezeRestApi(call.store, restApiId), unknownApi(call, restApiId))
      const { status, latencyMs, ...told } = await testCalls.authorizer({
        scope: call.scope,
        snapshot,
        authorizerId,
        additionalContext: checkedContext(additionalContext),
        ...requestOf(input),
        tester: { ...call.principal, userAgent: call.userAgent },
      })
      return { clientStatus: status, latency: latencyMs, ...told }
    },
  }
}

async function certificateOf(call: Call, id: string | undefined): Promise<MethodTest['clientCertificate']> {
  if (id === undefined) return undefined
  const record = found(
    await call.store.get('ClientCertificate', [id]),
    'Invalid Client Certificate identifier specified',
  )
  return { certificatePem: record.pemEncodedCertificate ?? '', privateKeyPem: record.privateKeyPem }
}

/** The method that serves a verb on a resource. Throws NotFoundException. */
async function configured(call: Call, { restApiId, resourceId, httpMethod }: TestInvokeMethodRequest): Promise<string> {
  if (httpMethod !== 'ANY' && verbs.includes(httpMethod)) {
    for (const candidate of [httpMethod, 'ANY']) {
      if ((await call.store.get('Method', [restApiId, resourceId, candidate])) !== undefined) return candidate
    }
  }
  throw new NotFoundException('Invalid Method identifier specified')
}

/** Throws BadRequestException for a context variable that a test call cannot have; (?) the words are ours. */
function checkedContext(variables: TestInvokeAuthorizerRequest['additionalContext']) {
  const wrong = Object.keys(variables ?? {}).find((name) => toldByTest(name, '') === undefined)
  if (wrong === undefined) return variables
  throw new BadRequestException(`Invalid additional context variable specified: ${wrong}`)
}

type Sent = Pick<TestInvokeMethodRequest, keyof TestInvokeMethodRequest & keyof TestInvokeAuthorizerRequest>

/** The request that a test call describes. A header that is given as a single value and as several is sent with the several. */
function requestOf(input: Sent) {
  const { pathWithQueryString, body = '', stageVariables, headers = {}, multiValueHeaders = {} } = input
  const several = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  )
  const single = Object.entries(headers).filter(([name]) => !Object.hasOwn(multiValueHeaders, name))
  return { pathWithQueryString, body, stageVariables, headers: [...single.flat(), ...several] }
}

/** The headers in both of AWS's forms: `headers` has the last value of each name, `multiValueHeaders` all of them. */
function headerMembers(list: HeaderList) {
  const all = new Map<string, string[]>()
  for (let index = 0; index < list.length; index += 2) {
    const [name = '', value = ''] = [list[index], list[index + 1]]
    all.set(name, [...(all.get(name) ?? []), value])
  }
  return {
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(all),
  }
}
