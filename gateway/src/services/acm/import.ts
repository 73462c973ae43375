// ImportCertificate: a certificate, its private key and its chain, kept once they fit together. Security H.4.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Handlers } from '@sluice/aws-protocol'
import { ValidationException, type ImportCertificateRequest, type Operations } from '@sluice/aws-protocol/acm'
import type { CertificateRecord } from '../../nouns/records.ts'
import { pemCertificates } from '../../nouns/x509.ts'
import { nowSeconds, type Call } from '../call.ts'
import { keyAlgorithmOf } from './certificate-facts.ts'
import { foundCertificate } from './found.ts'
import { checkedTags } from './tag.ts'

export const importCertificate: Handlers<Operations, 'ImportCertificate', Call> = {
  ImportCertificate: async (input, call) => {
    const { CertificateArn: known } = input
    const before = known === undefined ? undefined : await foundCertificate(call, known)
    if (known !== undefined && input.Tags !== undefined) {
      throw new ValidationException('Tagging is not permitted on re-import.')
    }
    const { account, region } = call.scope
    const id = before === undefined ? call.ids.uuid() : (before.certificateArn.split('/')[1] ?? '')
    const record: CertificateRecord = {
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/${id}`,
      ...checkedTexts(input),
      createdAt: before?.createdAt ?? nowSeconds(call),
      importedAt: nowSeconds(call),
      tags: before?.tags ?? checkedTags(input.Tags ?? []),
    }
    call.store.put('Certificate', [id], record)
    return { CertificateArn: record.certificateArn }
  },
}

type Texts = Pick<CertificateRecord, 'certificatePem' | 'chainPem' | 'privateKeyPem'>

/**
 * The three PEM texts of a request. Throws ValidationException for the first that is wrong. Open choice (?): the wording of
 * each refusal.
 */
function checkedTexts({ Certificate, CertificateChain, PrivateKey }: ImportCertificateRequest): Texts {
  const certificatePem = textOf(Certificate)
  const certificates = pemCertificates(certificatePem)
  if (certificates.length > 1) {
    throw new ValidationException(
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    )
  }
  const certificate = parsed(certificates[0], 'The certificate is not valid. Provide one in PEM format.')
  if (keyAlgorithmOf(certificate) === undefined) {
    throw new ValidationException('The key algorithm of the certificate is not supported.')
  }
  const privateKeyPem = textOf(PrivateKey)
  checkKey(certificate, privateKeyPem)
  const chainPem = CertificateChain === undefined ? undefined : textOf(CertificateChain)
  if (chainPem !== undefined) checkChain(certificate, chainPem)
  return { certificatePem, chainPem, privateKeyPem }
}

function checkKey(certificate: X509Certificate, privateKeyPem: string): void {
  let isItsKey: boolean
  try {
    isItsKey = certificate.checkPrivateKey(createPrivateKey(privateKeyPem))
  } catch {
    throw new ValidationException('The private key is not supported.')
  }
  if (!isItsKey) throw new ValidationException('The private key does not match the certificate.')
}

/** Each certificate must have been issued by the next one. */
function checkChain(certificate: X509Certificate, chainPem: string): void {
  const refusal = 'Could not validate the certificate with the certificate chain.'
  const chain = pemCertificates(chainPem).map((pem) => parsed(pem, refusal))
  if (chain.length === 0) throw new ValidationException(refusal)
  let issued = certificate
  for (const issuer of chain) {
    if (!issued.checkIssued(issuer) || !issued.verify(issuer.publicKey)) throw new ValidationException(refusal)
    issued = issuer
  }
}

function parsed(pem: string | undefined, refusal: string): X509Certificate {
  try {
    return new X509Certificate(pem ?? '')
  } catch {
    throw new ValidationException(refusal)
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
