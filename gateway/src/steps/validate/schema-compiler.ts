// Compiles the models of an API with ajv, so that no schema can keep the process busy: every part spends from one budget.
import { compileRegex, RegexFault } from '@sluice/java-regex'
import draft04, { type ErrorObject, type KeywordCxt, type ValidateFunction } from 'ajv-draft-04'
import { draft4, modelAddress, priceKeyword } from './draft4.ts'
import { javaPatternOf } from './ecma-pattern.ts'
import { describeErrors } from './messages.ts'

type Ajv = InstanceType<typeof draft04.default>
const { default: AjvDraft04, _ } = draft04

export interface SchemaCompiler {
  /** Throws an Error that says why the model is no usable schema. */
  readonly compile: (name: string) => CompiledModel
}

export interface CompiledModel {
  readonly fits: (document: unknown) => boolean
  /** What is wrong with a document that does not fit, all of it or the first thing. */
  readonly describe: (document: unknown, extent: 'all' | 'first') => string
}

/** Parts of schemas evaluated, values compared and 64-character pieces of text matched for one document: at worst 0.4 s. */
const maxSteps = 2_000_000
/** To find all that is wrong with it, once it is known not to fit. */
const maxDescribingSteps = 100_000

class Budget {
  left = 0

  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw overspent
  }
}

/** What a schema itself costs is bounded by its size. */
const unlimited = { spend: (): void => {} }

const overspent = new Error('The schema takes too long to check')

/** `schemas`: model name → JSON text of its schema. */
export function createSchemaCompiler(schemas: ReadonlyMap<string, string>): SchemaCompiler {
  const budget = new Budget()
  const quick = createAjv(schemas, budget, false)
  let thorough: Ajv | undefined
  return {
    compile: (name) => {
      const fits = validatorOf(quick, name)
      let describe: ValidateFunction | undefined
      return {
        fits: (document) => run(fits, document, budget, maxSteps),
        describe: (document, extent) => {
          if (extent === 'first') return describeErrors(errorsOf(fits, document, budget))
          thorough ??= createAjv(schemas, budget, true)
          describe ??= validatorOf(thorough, name)
          return describeErrors(errorsOf(describe, document, budget))
        },
      }
    },
  }
}

function validatorOf(ajv: Ajv, name: string): ValidateFunction {
  const validator = ajv.getSchema(modelAddress(name))
  if (validator === undefined) throw new Error(`There is no model named ${name}`)
  return validator as ValidateFunction
}

/** A document that asks too much, or is nested deeper than the stack, does not fit. */
function run(validator: ValidateFunction, document: unknown, budget: Budget, steps: number): boolean {
  budget.left = steps
  try {
    return validator(document)
  } catch (error) {
    if (error === overspent || error instanceof RangeError || error instanceof RegexFault) return false
    throw error
  }
}

function errorsOf(validator: ValidateFunction, document: unknown, budget: Budget): readonly ErrorObject[] {
  validator.errors = null
  run(validator, document, budget, maxDescribingSteps)
  return validator.errors ?? []
}

function createAjv(schemas: ReadonlyMap<string, string>, budget: Budget, allErrors: boolean): Ajv {
  const regExp = Object.assign((pattern: string) => boundedPattern(pattern, budget), { code: '' })
  const ajv = new AjvDraft04({
    allErrors,
    verbose: true,
    strict: false,
    // A body may lack what every object inherits: `constructor`, `toString`.
    ownProperties: true,
    validateFormats: false,
    validateSchema: false,
    meta: false,
    multipleOfPrecision: 8,
    logger: false,
    code: { regExp },
  })
  ajv.addKeyword({ keyword: priceKeyword, code: (context: KeywordCxt) => writePrice(context, budget) })
  ajv.removeKeyword('enum')
  ajv.addKeyword({ keyword: 'enum', compile: (values: unknown) => oneOfValues(values, budget) })
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    compile: (isWanted: unknown) => uniqueItems(isWanted === true, budget),
  })
  for (const [name, text] of schemas) {
    const schema = parse(text)
    if (schema !== undefined) ajv.addSchema(draft4(schema), modelAddress(name))
  }
  return ajv
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Written into the generated code, where it costs a subtraction. */
function writePrice({ gen, schema }: KeywordCxt, budget: Budget): void {
  const budgetName = gen.scopeValue('obj', { ref: budget })
  const faultName = gen.scopeValue('obj', { ref: overspent })
  gen.if(_`(${budgetName}.left -= ${Number(schema)}) < 0`, () => gen.throw(faultName))
}

interface BoundedPattern {
  readonly test: (text: string) => boolean
  readonly toString: () => string
}

/** A pattern that cannot run away: on Java's engine, which runs on V8 where that is safe. ajv keeps one for each `toString`. */
function boundedPattern(pattern: string, budget: Budget): BoundedPattern {
  const regex = compileRegex(javaPatternOf(pattern))
  return {
    toString: () => pattern,
    test: (text) => {
      budget.spend(1 + (text.length >> 6))
      return regex.find(text)
    },
  }
}

/** Compares objects by text: ajv compares them by methods that a body can bring, `toString`. */
function oneOfValues(values: unknown, budget: Budget): (value: unknown) => boolean {
  if (!Array.isArray(values) || values.length === 0) throw new Error('enum must have non-empty array')
  const plain = new Set<unknown>(values.filter((value) => !isNested(value)))
  const texts = new Set(values.filter(isNested).map((value) => canonical(value, unlimited)))
  return (value) => (isNested(value) ? texts.size > 0 && texts.has(canonical(value, budget)) : plain.has(value))
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Compares by text, in linear time: ajv compares each with each. */
function uniqueItems(isWanted: boolean, budget: Budget): (items: unknown[]) => boolean {
  return (items) => {
    if (!isWanted) return true
    const seen = new Set<string>()
    for (const item of items) {
      const text = canonical(item, budget)
      budget.spend(1 + (text.length >> 6))
      if (seen.has(text)) return false
      seen.add(text)
    }
    return true
  }
}

/** JSON with the names of objects in order: equal values have equal texts. Each member has its price: unique lists may be nested. */
function canonical(value: unknown, budget: Pick<Budget, 'spend'>): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  return JSON.stringify(value, (_name, member: unknown) => {
    budget.spend(1)
    return isNested(member) && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member
  })
}
