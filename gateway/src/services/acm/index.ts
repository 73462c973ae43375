// AWS Certificate Manager, as far as custom domain names need it: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/acm'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { certificate } from './certificate.ts'
import { importCertificate } from './import.ts'
import { tag } from './tag.ts'

const handlers = { ...certificate, ...importCertificate, ...tag } satisfies Handlers<Operations, keyof Operations, Call>

export const acmService: Service = { name: 'acm', handlers }
