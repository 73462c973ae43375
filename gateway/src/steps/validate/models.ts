// An API's models as checks of JSON documents: compiled by ajv when the first body comes, because that takes milliseconds.
import { createHash } from 'node:crypto'
import type { CompiledModel, SchemaCompiler } from './schema-compiler.ts'

/** A model ready to check documents. */
export interface ModelCheck {
  /** Why the model is no schema that can be checked; undefined for one that can. */
  readonly unusable: string | undefined
  /** What is wrong with a document, in AWS's words; undefined for one that fits. */
  readonly problem: (document: unknown, bodyBytes: number) => string | undefined
}

export interface Model {
  readonly name?: string | undefined
  readonly schema?: string | undefined
}

/** The models of one API. */
export interface Models {
  /** A promise only until the model has been compiled. */
  readonly check: (name: string) => ModelCheck | Promise<ModelCheck>
}

const maxCompilers = 100
/** Stages and deployments of the same models share what was compiled; the key is their hash. */
const compilers = new Map<string, Promise<SchemaCompiler>>()

export function createModels(models: readonly Model[]): Models {
  const ready = new Map<string, ModelCheck>()
  const load = async (name: string): Promise<ModelCheck> => {
    const compiler = await compilerOf(models)
    const check = checkOf(compiler, name)
    ready.set(name, check)
    return check
  }
  return { check: (name) => ready.get(name) ?? load(name) }
}

function compilerOf(models: readonly Model[]): Promise<SchemaCompiler> {
  const schemas = new Map(models.map(({ name = '', schema = '' }) => [name, schema]))
  const key = createHash('sha256')
    .update(JSON.stringify([...schemas]))
    .digest('hex')
  let compiler = compilers.get(key)
  if (compiler === undefined) {
    compiler = import('./schema-compiler.ts').then(({ createSchemaCompiler }) => createSchemaCompiler(schemas))
    if (compilers.size >= maxCompilers) compilers.clear()
    compilers.set(key, compiler)
  }
  return compiler
}

/** Longer bodies get the first thing that is wrong, not all of it: a list of everything can be larger than the body. */
const describedBytes = 65_536

function checkOf(compiler: SchemaCompiler, name: string): ModelCheck {
  let model: CompiledModel
  try {
    model = compiler.compile(name)
  } catch (error) {
    const unusable = error instanceof Error ? error.message : String(error)
    return { unusable, problem: () => unusable }
  }
  return {
    unusable: undefined,
    problem: (document, bodyBytes) => {
      if (model.fits(document)) return undefined
      return model.describe(document, bodyBytes <= describedBytes ? 'all' : 'first')
    },
  }
}
