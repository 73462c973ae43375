// Compiles the Condition element: all of its operators and keys must hold.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
import { PolicyFault } from './fault.ts'
import { type Operator, operatorNamed } from './operators.ts'
import { entriesOf, scalarsOf } from './document.ts'
import type { Context } from './request.ts'

/** Whether a condition holds in a context. */
export type Condition = (context: Context) => boolean

/**
 * Compiles a Condition element, `{ operator: { key: value or values } }`, to its single conditions.
 * @throws PolicyFault
 */
export function compileConditions(element: unknown, path: string, hasVariables: boolean): readonly Condition[] {
  return entriesOf(element, path).flatMap(([name, keys]) => {
    const operatorPath = `${path}.${name}`
    const form = operatorForm(name)
    if (form === undefined) throw new PolicyFault(`Invalid Condition type : ${name}.`, operatorPath)
    return entriesOf(keys, operatorPath).map(([key, values]) => {
      const keyPath = `${operatorPath}.${key}`
      if (!/^[^:]+:./.test(key)) throw new PolicyFault(unprefixed, keyPath)
      return compileCondition(form, key.toLowerCase(), scalarsOf(values, keyPath), hasVariables)
    })
  })
}

/** IAM's sentence for an action or a key without a service in front. */
export const unprefixed = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'

type Quantifier = 'one' | 'ForAllValues' | 'ForAnyValue'

interface OperatorForm {
  /** Undefined for `Null`. */
  readonly operator: Operator | undefined
  readonly quantifier: Quantifier
  readonly ifExists: boolean
}

function operatorForm(name: string): OperatorForm | undefined {
  if (name === 'Null') return { operator: undefined, quantifier: 'one', ifExists: false }
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name)
  const operator = operatorNamed(match?.[2] ?? '')
  if (operator === undefined) return undefined
  const quantifier = (match?.[1] ?? 'one') as Quantifier
  return { operator, quantifier, ifExists: match?.[3] !== undefined }
}

function compileCondition(
  form: OperatorForm,
  lowerKey: string,
  values: readonly string[],
  hasVariables: boolean,
): Condition {
  if (form.operator === undefined) return compileNull(lowerKey, values)
  const { operator, quantifier } = form
  const compare = operator.compile(values, hasVariables)
  const holds = (value: string, context: Context): boolean => compare(value, context) === !operator.isNegated
  // Without a quantifier, one of several values is enough, but a negation must hold for all of them.
  const isForAll = quantifier === 'ForAllValues' || (quantifier === 'one' && operator.isNegated)
  const whenAbsent = form.ifExists || holdsWhenAbsent(quantifier, operator.isNegated)
  return (context) => {
    const value = context(lowerKey)
    if (typeof value === 'string') return holds(value, context)
    if (value === undefined || value.length === 0) return whenAbsent
    return isForAll ? value.every((item) => holds(item, context)) : value.some((item) => holds(item, context))
  }
}

// AWS: negated operators hold for a key that is not there, and so does ForAllValues, whatever its operator.
function holdsWhenAbsent(quantifier: Quantifier, isNegated: boolean): boolean {
  return quantifier === 'one' ? isNegated : quantifier === 'ForAllValues'
}

function compileNull(lowerKey: string, values: readonly string[]): Condition {
  const wanted = new Set(values.map((value) => value.toLowerCase()))
  return (context) => {
    const value = context(lowerKey)
    const isAbsent = value === undefined || (typeof value !== 'string' && value.length === 0)
    return wanted.has(String(isAbsent))
  }
}
