// Client certificates, which stages show to their HTTPS backends. Rules: REST 13.9, Security H.3.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { ClientCertificate, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { ClientCertificateRecord } from '../../nouns/records.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { mergedTags } from '../tags.ts'
import { found } from './found.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import { selfSigned } from './self-signed.ts'

const lifetimeSeconds = 365 * 24 * 3600

export const clientCertificate: Handlers<
  Operations,
  | 'GenerateClientCertificate'
  | 'GetClientCertificate'
  | 'GetClientCertificates'
  | 'UpdateClientCertificate'
  | 'DeleteClientCertificate',
  Call
> = {
  GenerateClientCertificate: async (input, call) => {
    const createdDate = nowSeconds(call)
    const expirationDate = createdDate + lifetimeSeconds
    const { certificatePem, privateKeyPem } = await selfSigned(createdDate * 1000, expirationDate * 1000)
    const record = {
      clientCertificateId: call.ids.short(6),
      description: text(input.description),
      pemEncodedCertificate: certificatePem,
      createdDate,
      expirationDate,
      tags: mergedTags(undefined, input.tags),
      privateKeyPem,
    }
    call.store.put('ClientCertificate', [record.clientCertificateId], record)
    return shown(record)
  },

  GetClientCertificate: async ({ clientCertificateId }, call) =>
    shown(await foundCertificate(call, clientCertificateId)),

  GetClientCertificates: async (input, call) => {
    const { items, position } = await pageOfRecords(call.store, 'ClientCertificate', [], input)
    return { items: items.map(({ record }) => shown(record)), position }
  },

  UpdateClientCertificate: async ({ clientCertificateId, patchOperations }, call) => {
    const before = await foundCertificate(call, clientCertificateId)
    const rules = [
      { path: '/description', replace: setting<ClientCertificateRecord, 'description'>('description', text) },
    ]
    const record = patched(before, patchOperations, rules, listingPaths)
    call.store.put('ClientCertificate', [clientCertificateId], record)
    return shown(record)
  },

  DeleteClientCertificate: async ({ clientCertificateId }, call) => {
    await foundCertificate(call, clientCertificateId)
    const stages = [...(await call.store.list('Stage', [])), ...(await call.store.list('V2Stage', []))]
    const user = stages.find(({ record }) => certificateIdOf(record) === clientCertificateId)
    if (user !== undefined) {
      // (?) The refusal is documented, its words are not.
      throw new BadRequestException(
        `Cannot delete client certificate ${clientCertificateId}, is referenced by stage: ${user.key.join('/')}`,
      )
    }
    call.store.delete('ClientCertificate', [clientCertificateId])
  },
}

/** A stage's certificate id; records of v1 write the member with a small first letter, those of v2 with a capital. */
function certificateIdOf(stage: {
  clientCertificateId?: string | undefined
  ClientCertificateId?: string | undefined
}) {
  return stage.clientCertificateId ?? stage.ClientCertificateId
}

async function foundCertificate(call: Call, id: string): Promise<ClientCertificateRecord> {
  return found(await call.store.get('ClientCertificate', [id]), 'Invalid Client Certificate identifier specified')
}

/** The certificate without its private key. */
function shown({ privateKeyPem: _privateKeyPem, ...certificate }: ClientCertificateRecord): ClientCertificate {
  return certificate
}
