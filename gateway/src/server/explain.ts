// Why a request was answered so: its story, the routes that come nearest, and what the definition has that the stage does not serve.
import { freezeRestApi } from '../freeze/rest.ts'
import { freezeV2Api } from '../freeze/v2.ts'
import { writtenSnapshot, type Snapshot } from '../nouns/snapshot.ts'
import type { Stories, Story } from '../ports/stories.ts'
import type { Reader, Store } from '../ports/store.ts'
import { nearestRoutes, servesRoute } from './nearest-routes.ts'

/** A story with what is known of its surroundings now. */
export interface Explanation {
  readonly story: Story
  /** Routes that the request's own comes near to, when it found none. */
  readonly nearestRoutes: readonly string[]
  /** Sentences for people: a definition that is not deployed, a stage that serves an older deployment. */
  readonly notes: readonly string[]
}

/** Undefined when there is no story of that id, or no longer. */
export async function explain(stories: Stories, store: Store, id: string): Promise<Explanation | undefined> {
  const story = stories.find(id)
  if (story === undefined) return undefined
  const read = store.read({ account: story.account, region: story.region })
  const [deployed, current] = await Promise.all([deployedSnapshot(read, story), currentSnapshot(read, story)])
  const isLost = story.outcome !== undefined && story.outcome.route === undefined
  return {
    story,
    nearestRoutes: isLost && deployed !== undefined ? nearestRoutes(routesOf(deployed), story) : [],
    notes: [...(await stalenessNotes(story, deployed, current, isLost)), ...(await deploymentNotes(read, story))],
  }
}

async function stalenessNotes(
  story: Story,
  deployed: Snapshot | undefined,
  current: Snapshot | undefined,
  isLost: boolean,
): Promise<string[]> {
  if (current === undefined) return ['The API has been deleted since.']
  if (deployed === undefined) return ['The deployment that served the request has been deleted since.']
  if ((await writtenSnapshot(current)).hash === (await writtenSnapshot(deployed)).hash) return []
  const { stage, deploymentId, method, resourcePath } = story
  const notes = [
    `The API's definition is not what stage ${stage} serves (deployment ${deploymentId}): deploy it to make the changes act.`,
  ]
  const missing = isLost ? routesOf(current).find((route) => servesRoute(route, story)) : undefined
  if (missing !== undefined) {
    notes.push(
      `${method} ${resourcePath} would be served by ${missing}, which deployment ${deploymentId} does not have.`,
    )
  }
  return notes
}

/** A stage that was moved since, or that stayed behind. */
async function deploymentNotes(read: Reader, story: Story): Promise<string[]> {
  const { apiId, deploymentId, stage: stageName, protocol } = story
  const isRest = protocol === 'REST'
  const stage = isRest
    ? (await read.get('Stage', [apiId, stageName]))?.deploymentId
    : (await read.get('V2Stage', [apiId, stageName]))?.DeploymentId
  if (stage === undefined) return [`Stage ${stageName} has been deleted since.`]
  if (stage !== deploymentId) return [`Stage ${stageName} has been moved to deployment ${stage} since.`]
  const dates = isRest
    ? (await read.list('Deployment', [apiId])).map(({ record }) => [record.id, record.createdDate] as const)
    : (await read.list('V2Deployment', [apiId])).map(({ record }) => [record.DeploymentId, record.CreatedDate] as const)
  const [, own = 0] = dates.find(([id]) => id === deploymentId) ?? []
  const newer = dates.filter(([, date = 0]) => date > own).map(([id]) => id)
  return newer.length === 0
    ? []
    : [`Stage ${stageName} serves deployment ${deploymentId}; newer ones are there: ${newer.join(', ')}.`]
}

async function deployedSnapshot(read: Reader, { apiId, deploymentId, protocol }: Story): Promise<Snapshot | undefined> {
  const kind = protocol === 'REST' ? 'Deployment' : 'V2Deployment'
  const hash = (await read.get(kind, [apiId, deploymentId]))?.snapshotHash
  return hash === undefined ? undefined : read.get('Snapshot', [hash])
}

async function currentSnapshot(read: Reader, { apiId, protocol }: Story): Promise<Snapshot | undefined> {
  if (protocol === 'REST') return freezeRestApi(read, apiId)
  const api = await read.get('V2Api', [apiId])
  return api && freezeV2Api(read, api, apiId)
}

/** `GET /pets/{petId}`, and `$default`. */
function routesOf(snapshot: Snapshot): readonly string[] {
  if (snapshot.protocol !== 'REST') return snapshot.routes.map(({ RouteKey }) => RouteKey)
  const paths = new Map(snapshot.resources.map(({ id, path }) => [id, path ?? '/']))
  return snapshot.methods.map(({ httpMethod, resourceId }) => `${httpMethod ?? 'ANY'} ${paths.get(resourceId) ?? '/'}`)
}
