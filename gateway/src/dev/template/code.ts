// Finds a function's code: a folder that is used in place, a zip file, what a tool packaged, or a text in the template.
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { member, textOf } from '@sluice/cloudformation'
import type { Node } from '@sluice/cloudformation'
import { zipSync } from 'fflate'
import { packagedFile } from './packaged-file.ts'
import { PropertyFault, type Deployment, type Wanted } from './resource-kind.ts'

/** Our extension of Lambda: keys of this bucket are folders of this machine. */
const folderBucket = 'sluice-folder'

/** `Code` as CreateFunction takes it. Throws PropertyFault for code that cannot be found. */
export async function codeOf({ properties, type }: Wanted, { folder }: Deployment): Promise<object> {
  const code = member(properties, 'Code')
  if (code === undefined) throw new PropertyFault(`${type} needs Code`, properties)
  const inline = member(code, 'ZipFile')
  if (inline !== undefined)
    return { ZipFile: zipped(textOf(inline) ?? '', textOf(member(properties, 'Runtime')) ?? '') }
  const key = textOf(member(code, 'S3Key'))
  const inFolder = textOf(member(code, 'S3Bucket')) === folderBucket
  const path = textOf(code) ?? (inFolder || key === undefined ? key : await packagedFile(key, folder))
  if (path === undefined || path.startsWith('s3:')) {
    throw new PropertyFault(
      'There is no S3: code is a folder or a zip file here, by its path or as `cdk synth` and `serverless package` leave it, or a text (ZipFile)',
      code,
    )
  }
  return located(resolve(folder, path), code)
}

async function located(path: string, node: Node): Promise<object> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new PropertyFault(`The code ${path} does not exist`, node)
  return found.isDirectory() ? { S3Bucket: folderBucket, S3Key: path } : { ZipFile: await readFile(path) }
}

/** CloudFormation: the text becomes `index.js`, a CommonJS module, or `index.py`. */
function zipped(text: string, runtime: string): Uint8Array {
  return zipSync({ [runtime.startsWith('python') ? 'index.py' : 'index.js']: Buffer.from(text) })
}
