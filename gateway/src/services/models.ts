// AWS's service models, read and compiled when a service is first called.
import { readFileSync } from 'node:fs'
import { loadService, type Overlay, type Service as ModelledService, type ServiceModel } from '@sluice/aws-protocol'

/** Service → the model's file. Every row is a service that Sluice answers for. */
const files = {
  acm: 'acm-2015-12-08',
  apigateway: 'apigateway-2015-07-09',
  apigatewaymanagementapi: 'apigatewaymanagementapi-2018-11-29',
  apigatewayv2: 'apigatewayv2-2018-11-29',
  cloudwatch: 'cloudwatch-2010-08-01',
  'cognito-identity': 'cognito-identity-2014-06-30',
  iam: 'iam-2010-05-08',
  lambda: 'lambda-2015-03-31',
  logs: 'logs-2014-03-28',
  sts: 'sts-2011-06-15',
  wafv2: 'wafv2-2019-07-29',
  xray: 'xray-2016-04-12',
} as const

export type ModelName = keyof typeof files

export const modelNames = Object.keys(files) as readonly ModelName[]

// The folder stands at the root of the repository and of the package: three up from the source, one up from the bundle.
const folder = new URL(import.meta.url.endsWith('.ts') ? '../../../models/' : '../models/', import.meta.url)

const loaded = new Map<ModelName, ModelledService>()

/** The compiled model of a service; a few milliseconds the first time. */
export function modelOf(name: ModelName): ModelledService {
  let service = loaded.get(name)
  if (service === undefined) {
    const model = readJson(`${files[name]}.json`) as ServiceModel
    service = loadService(model, readOverlay(name))
    loaded.set(name, service)
  }
  return service
}

function readOverlay(name: ModelName): Overlay {
  try {
    return readJson(`overlays/${name}.json`) as Overlay
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
}
