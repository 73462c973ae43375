// Imported certificates: shown, listed, handed out without their key, deleted when nobody uses them. Security H.4.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidArgsException,
  ResourceInUseException,
  type CertificateDetail,
  type Filters,
  type KeyAlgorithm,
  type Operations,
} from '@sluice/aws-protocol/acm'
import type { Call } from '../call.ts'
import { pageOfList } from '../page.ts'
import { detailOf, summaryOf } from './certificate-facts.ts'
import { foundCertificate, usersOf } from './found.ts'

/** AWS: ListCertificates shows these key types alone unless its filter asks for others. */
const listedKeyTypes: readonly KeyAlgorithm[] = ['RSA_1024', 'RSA_2048']

export const certificate: Handlers<
  Operations,
  'DescribeCertificate' | 'GetCertificate' | 'ListCertificates' | 'DeleteCertificate',
  Call
> = {
  DescribeCertificate: async ({ CertificateArn: arn }, call) => {
    const detail = detailOf(await foundCertificate(call, arn))
    return { Certificate: { ...detail, InUseBy: (await usersOf(call)).get(arn) ?? [] } }
  },

  GetCertificate: async ({ CertificateArn }, call) => {
    const { certificatePem, chainPem } = await foundCertificate(call, CertificateArn)
    return { Certificate: certificatePem, CertificateChain: chainPem }
  },

  ListCertificates: async (input, call) => {
    const { CertificateStatuses: statuses, Includes = {}, SortBy, SortOrder } = input
    if ((SortBy === undefined) !== (SortOrder === undefined)) {
      throw new InvalidArgsException('SortBy and SortOrder must be given together')
    }
    const users = await usersOf(call)
    const records = (await call.store.list('Certificate', [])).map(({ record }) => record)
    if (SortBy !== undefined) {
      const direction = SortOrder === 'DESCENDING' ? -1 : 1
      records.sort((left, right) => (left.createdAt - right.createdAt) * direction)
    }
    const details = records
      .map((record) => ({ ...detailOf(record), InUseBy: users.get(record.certificateArn) ?? [] }))
      .filter((detail) => isIncluded(detail, Includes))
    const shown = statuses === undefined || statuses.includes('ISSUED') ? details : []
    const { items, position } = pageOfList(shown, { limit: input.MaxItems, position: input.NextToken })
    return { CertificateSummaryList: items.map(summaryOf), NextToken: position }
  },

  DeleteCertificate: async ({ CertificateArn: arn }, call) => {
    await foundCertificate(call, arn)
    if ((await usersOf(call)).has(arn)) throw new ResourceInUseException(`Certificate ${arn} in use.`)
    call.store.delete('Certificate', [arn.split('/')[1] ?? ''])
  },
}

/** Whether a certificate passes a filter. An imported one is managed by no service and cannot be exported. */
function isIncluded(detail: CertificateDetail, filters: Filters): boolean {
  const { keyTypes = listedKeyTypes, keyUsage = [], extendedKeyUsage = [], exportOption, managedBy } = filters
  if (exportOption === 'ENABLED' || managedBy !== undefined) return false
  const { KeyAlgorithm: algorithm, KeyUsages = [], ExtendedKeyUsages = [] } = detail
  return (
    algorithm !== undefined &&
    keyTypes.includes(algorithm) &&
    keyUsage.every((usage) => KeyUsages.some(({ Name }) => Name === usage)) &&
    extendedKeyUsage.every((usage) => ExtendedKeyUsages.some(({ Name }) => Name === usage))
  )
}
