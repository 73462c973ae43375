// Deploys templates: each file is a stack, which is remembered for the next time.
import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { readTemplate, TemplateFault } from '@sluice/cloudformation'
import type { Template } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import { DeployError } from '../deploy-error.ts'
import type { Deployed, FileText } from '../deployed.ts'
import { apisOf } from './deployed-apis.ts'
import { Stack } from './stack.ts'

export interface TemplateDeployerParts {
  readonly call: AwsCall
  readonly account: string
  readonly region: string
  readonly parameters?: ReadonlyMap<string, string> | undefined
}

export class TemplateDeployer {
  private readonly parts: TemplateDeployerParts
  /** By absolute path. */
  private readonly stacks = new Map<string, { readonly name: string; readonly stack: Stack }>()

  constructor(parts: TemplateDeployerParts) {
    this.parts = parts
  }

  /** Deploys a template. Rejects with DeployError; nothing is changed by one that cannot be read. */
  async deploy({ file, text }: FileText): Promise<Deployed> {
    const path = resolve(file)
    const { name, stack } = this.stackOf(path)
    try {
      const includedFiles: string[] = []
      const readFile = (location: string): string => {
        const included = resolve(dirname(path), location)
        includedFiles.push(included)
        return readFileSync(included, 'utf8')
      }
      const template = this.read(text, name, readFile)
      const { warnings, outputs } = await stack.deploy(template)
      const functionNames = stack.ofType('AWS::Lambda::Function').map(({ made }) => made.ref)
      const apis = await apisOf(stack, this.parts.call)
      return { file, includedFiles, apis, functionNames, warnings, outputs }
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error
      throw new DeployError(error.message, { line: error.line, column: error.column }, error)
    }
  }

  private read(text: string, stackName: string, readFile: (location: string) => string): Template {
    const { account, region, parameters } = this.parts
    return readTemplate(text, {
      accountId: account,
      region,
      stackName,
      ...(parameters !== undefined && { parameters }),
      readFile,
    })
  }

  private stackOf(path: string): { readonly name: string; readonly stack: Stack } {
    const known = this.stacks.get(path)
    if (known !== undefined) return known
    const { call, account, region } = this.parts
    const name = stackName(path, new Set([...this.stacks.values()].map((each) => each.name)))
    const made = { name, stack: new Stack({ call, name, account, region, folder: dirname(path) }) }
    this.stacks.set(path, made)
    return made
  }
}

/** The file's name without its ending, with its folder's in front where another file has it already. */
function stackName(path: string, taken: ReadonlySet<string>): string {
  const own = nameIn(basename(path).replace(/\.[^.]*$/, ''))
  return taken.has(own) ? `${nameIn(basename(dirname(path)))}-${own}` : own
}

/** AWS: letters, digits and hyphens, a letter first. */
function nameIn(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '')
  return plain === '' ? 'stack' : plain
}
