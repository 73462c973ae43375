// VPC links, by which integrations reach a network load balancer. Rules: recorded REST 16.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Operations, VpcLink } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { mergedTags } from '../tags.ts'
import { found } from './found.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'

export const vpcLink: Handlers<
  Operations,
  'CreateVpcLink' | 'GetVpcLink' | 'GetVpcLinks' | 'UpdateVpcLink' | 'DeleteVpcLink',
  Call
> = {
  CreateVpcLink: async (input, call) => {
    checkName(input.name)
    checkTargets(input.targetArns)
    const created: VpcLink = {
      id: call.ids.short(6),
      name: input.name,
      description: text(input.description),
      targetArns: input.targetArns,
      status: 'PENDING',
      tags: mergedTags(undefined, input.tags),
    }
    // A link is ready as soon as it exists; only this answer shows the state that AWS begins with.
    call.store.put('VpcLink', [created.id ?? ''], { ...created, ...settled(input.targetArns) })
    return created
  },

  GetVpcLink: async ({ vpcLinkId }, call) => shown(await foundLink(call, vpcLinkId)),

  GetVpcLinks: async (input, call) => {
    const { items, position } = await pageOfRecords(call.store, 'VpcLink', [], input)
    return { items: items.map(({ record }) => record), position }
  },

  UpdateVpcLink: async ({ vpcLinkId, patchOperations }, call) => {
    if (patchOperations?.some(({ path }) => path?.startsWith('/targetArns'))) {
      throw new BadRequestException('Target arns are not allowed to be changed/added.')
    }
    const record = patched(await foundLink(call, vpcLinkId), patchOperations, rules, listingPaths)
    checkName(record.name)
    call.store.put('VpcLink', [vpcLinkId], record)
    return shown(record)
  },

  DeleteVpcLink: async ({ vpcLinkId }, call) => {
    await foundLink(call, vpcLinkId)
    await refuseUsed(call, vpcLinkId)
    call.store.delete('VpcLink', [vpcLinkId])
  },
}

/**
 * The state that a new link ends in. AWS: the ARN of any load balancer is accepted, but the link fails unless it is a
 * network load balancer's.
 */
function settled(arns: readonly string[]): Pick<VpcLink, 'status' | 'statusMessage'> {
  return arns.every((arn) => arn.includes(':loadbalancer/net/'))
    ? { status: 'AVAILABLE', statusMessage: 'Your vpc link is ready for use' }
    : { status: 'FAILED', statusMessage: 'NLB ARN is malformed' }
}

async function foundLink(call: Call, id: string): Promise<VpcLink> {
  return found(await call.store.get('VpcLink', [id]), 'Invalid Vpc Link identifier specified')
}

function shown(record: VpcLink): VpcLink {
  return { ...record, tags: record.tags ?? {} }
}

function checkName(name: string | undefined): void {
  if (!name) throw new BadRequestException('Name cannot be empty')
}

function checkTargets(arns: readonly string[]): void {
  if (arns.length > 1) throw new BadRequestException('More than one target arn specified for vpc link.')
  if (arns.length === 0) throw new BadRequestException('Exactly one target ARN must be specified')
  const wrong = arns.find((arn) => !/^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:loadbalancer\/[^]+$/.test(arn))
  if (wrong !== undefined) throw new BadRequestException(`Invalid ARN. ARN is not well formed ${wrong}`)
}

/** Throws BadRequestException while a deployed method uses the link. */
async function refuseUsed(call: Call, id: string): Promise<void> {
  const users: string[] = []
  for (const { key, record } of await call.store.list('Stage', [])) {
    const deployment = await call.store.get('Deployment', [key[0] ?? '', record.deploymentId ?? ''])
    const snapshot = await call.store.get('Snapshot', [deployment?.snapshotHash ?? ''])
    if (snapshot?.protocol !== 'REST') continue
    for (const { httpMethod, resourceId, methodIntegration } of snapshot.methods) {
      if (methodIntegration?.connectionId === id)
        users.push([key[0], httpMethod, resourceId, record.stageName].join(':'))
    }
  }
  if (users.length === 0) return
  const where = `is referenced in [${users.join(', ')}] in format of [RESTApiId:Method:Resource:Stage].`
  throw new BadRequestException(`Cannot delete vpc link. Vpc link '${id}', ${where}`)
}

const rules: readonly PatchRule<VpcLink>[] = [
  { path: '/name', replace: setting('name', (value) => value) },
  { path: '/description', replace: setting('description', text) },
]
