// Certificates of ACM: imported, described, listed, kept while a domain name uses them. Security H.4.
import { ApiGatewayV2Client, CreateDomainNameCommand, DeleteDomainNameCommand } from '@aws-sdk/client-apigatewayv2'
import { createGateway, type EmbeddedGateway } from 'sluice'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acm, importCertificate } from '../fixture/acm.ts'
import { issue } from '../fixture/certificates.ts'

let gateway: EmbeddedGateway
beforeAll(() => {
  gateway = createGateway({ startAtMs: 1_700_000_000_000 })
})
afterAll(() => gateway.close())

const send = (url: string, init: RequestInit): Promise<Response> => gateway.invoke(url, init)
const authority = issue({ name: 'An authority', isAuthority: true })
const times = { notBeforeMs: 1_690_000_000_000, notAfterMs: 1_790_000_000_000 }
const leaf = issue({
  name: 'api.example.com',
  names: ['api.example.com', '*.example.com'],
  issuer: authority,
  ...times,
})
const rsa = issue({ name: 'rsa.example.com', key: 'RSA' })

test('an imported certificate is described from its own text', async () => {
  const CertificateArn = await importCertificate(send, leaf)
  expect(CertificateArn).toMatch(/^arn:aws:acm:us-east-1:000000000000:certificate\/[0-9a-f-]{36}$/)
  const { Certificate } = await acm(send, 'DescribeCertificate', { CertificateArn })
  expect(Certificate).toEqual({
    CertificateArn,
    CreatedAt: 1_700_000_000,
    DomainName: 'api.example.com',
    DomainValidationOptions: [],
    ExtendedKeyUsages: [
      { Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' },
      { Name: 'TLS_WEB_CLIENT_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.2' },
    ],
    ImportedAt: 1_700_000_000,
    InUseBy: [],
    Issuer: 'Sluice',
    KeyAlgorithm: 'EC_prime256v1',
    KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }],
    NotAfter: 1_790_000_000,
    NotBefore: 1_690_000_000,
    Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
    RenewalEligibility: 'INELIGIBLE',
    Serial: expect.stringMatching(/^01:[0-9a-f]{2}:[0-9a-f]{2}$/),
    SignatureAlgorithm: 'SHA256WITHECDSA',
    Status: 'ISSUED',
    Subject: 'CN=api.example.com,O=Sluice,C=US',
    SubjectAlternativeNames: ['api.example.com', '*.example.com'],
    Type: 'IMPORTED',
  })
  const got = await acm(send, 'GetCertificate', { CertificateArn })
  expect(got).toEqual({ Certificate: leaf.certificatePem })
})

test('a list shows RSA keys of 2048 bits unless more is asked for', async () => {
  const arn = await importCertificate(send, rsa)
  const arnsOf = async (input: object) => {
    const { CertificateSummaryList } = await acm(send, 'ListCertificates', input)
    return (CertificateSummaryList as { CertificateArn: string }[]).map(({ CertificateArn }) => CertificateArn)
  }
  expect(await arnsOf({})).toEqual([arn])
  expect((await arnsOf({ Includes: { keyTypes: ['RSA_2048', 'EC_prime256v1'] } })).length).toBeGreaterThan(1)
  expect(await arnsOf({ CertificateStatuses: ['EXPIRED'] })).toEqual([])
})

test('a certificate in use stays; importing to its ARN replaces it', async () => {
  const http = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })
  const CertificateArn = await importCertificate(send, leaf)
  const DomainName = 'used.example.com'
  await http.send(new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [{ CertificateArn }] }))
  expect(await acm(send, 'DeleteCertificate', { CertificateArn })).toMatchObject({
    __type: expect.stringContaining('ResourceInUseException'),
    message: `Certificate ${CertificateArn} in use.`,
  })
  const input = { CertificateArn, Certificate: btoa(rsa.certificatePem), PrivateKey: btoa(rsa.privateKeyPem) }
  expect(await acm(send, 'ImportCertificate', input)).toEqual({ CertificateArn })
  const { Certificate } = await acm(send, 'DescribeCertificate', { CertificateArn })
  expect(Certificate).toMatchObject({
    DomainName: 'rsa.example.com',
    InUseBy: [`arn:aws:apigateway:us-east-1::/domainnames/${DomainName}`],
  })
  await http.send(new DeleteDomainNameCommand({ DomainName }))
  await acm(send, 'DeleteCertificate', { CertificateArn })
  expect(await acm(send, 'GetCertificate', { CertificateArn })).toMatchObject({
    __type: expect.stringContaining('ResourceNotFoundException'),
    message: `Could not find certificate ${CertificateArn}.`,
  })
})

test('tags are added, listed and removed, by key alone or by key and value', async () => {
  const CertificateArn = await importCertificate(send, leaf)
  const tags = (): Promise<unknown> => acm(send, 'ListTagsForCertificate', { CertificateArn })
  const Tags = [{ Key: 'team', Value: 'zoo' }, { Key: 'plain' }, { Key: '__proto__', Value: 'x' }]
  await acm(send, 'AddTagsToCertificate', { CertificateArn, Tags })
  await acm(send, 'RemoveTagsFromCertificate', { CertificateArn, Tags: [{ Key: 'team', Value: 'farm' }] })
  expect(await tags()).toEqual({ Tags: [Tags[0], { Key: 'plain', Value: '' }, Tags[2]] })
  await acm(send, 'RemoveTagsFromCertificate', { CertificateArn, Tags: [{ Key: 'team' }, { Key: '__proto__' }] })
  expect(await tags()).toEqual({ Tags: [{ Key: 'plain', Value: '' }] })
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}` }))
  expect(await acm(send, 'AddTagsToCertificate', { CertificateArn, Tags: many })).toMatchObject({
    __type: expect.stringContaining('TooManyTagsException'),
  })
})

describe('what does not fit is refused', () => {
  test.each([
    ['a key of another', { PrivateKey: rsa.privateKeyPem }, 'The private key does not match the certificate.'],
    ['no key', { PrivateKey: 'x' }, 'The private key is not supported.'],
    ['no certificate', { Certificate: 'x' }, 'The certificate is not valid. Provide one in PEM format.'],
    [
      'two certificates',
      { Certificate: leaf.certificatePem + rsa.certificatePem },
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    ],
    [
      'a chain of another',
      { CertificateChain: rsa.certificatePem },
      'Could not validate the certificate with the certificate chain.',
    ],
    ['its own chain', { CertificateChain: authority.certificatePem }, undefined],
  ])('%s', async (_, given, message) => {
    const texts = { Certificate: leaf.certificatePem, PrivateKey: leaf.privateKeyPem, ...given }
    const input = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, btoa(text)]))
    expect((await acm(send, 'ImportCertificate', input))['message']).toBe(message)
  })
})
