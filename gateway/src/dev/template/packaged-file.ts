// Files that a tool packaged for S3, found where the tool left them: assets of the CDK, archives of the Serverless Framework.
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

/**
 * The file or folder behind a key: what an `*.assets.json` beside the template says of it, as `cdk synth` writes them
 * (https://docs.aws.amazon.com/cdk/v2/guide/assets.html), or the file of that name, as `serverless package` leaves it.
 */
export async function packagedFile(key: string, folder: string): Promise<string | undefined> {
  const beside = join(folder, basename(key))
  if (await isFile(beside)) return beside
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => each.endsWith('.assets.json'))) {
    const path = assetIn(await readFile(join(folder, name), 'utf8'), key)
    if (path !== undefined) return resolve(folder, path)
  }
  return undefined
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, Asset>>
}

interface Asset {
  readonly source?: { readonly path?: string }
  readonly destinations?: Readonly<Record<string, { readonly objectKey?: string }>>
}

/** The asset with this key in a manifest. One that is no JSON, or has another shape, has none, and the key is then reported as unknown. */
function assetIn(text: string, key: string): string | undefined {
  try {
    const { files } = JSON.parse(text) as AssetManifest
    return Object.values(files ?? {}).find(({ destinations }) =>
      Object.values(destinations ?? {}).some(({ objectKey }) => objectKey === key),
    )?.source?.path
  } catch {
    return undefined
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}
