// Compiles expressions into closures.
import { BudgetFault } from './faults.ts'
import { velocityEquals } from './equality.ts'
import type { Compiler } from './compiler.ts'
import { arithmetic, compareNumbers, type ArithmeticOperator } from './numbers.ts'
import { textOf } from './print.ts'
import type { Evaluate, Render } from './render.ts'
import type { BinaryNode, Expression } from './syntax.ts'
import { ArrayList, JavaObject, isJavaNumber, toNumber, type Value } from './values.ts'

/** How many items one range may have. */
const maxRangeItems = 100_000

/** Compiles an expression into a closure that gives its value. */
export function compileExpression(expression: Expression, compiler: Compiler): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'reference':
      return compiler.reference(expression)
    case 'string':
      return compiler.string(expression.text, expression.at)
    case 'range':
      return compileRange(compiler.expression(expression.from), compiler.expression(expression.to))
    case 'list': {
      const items = expression.items.map((item) => compiler.expression(item))
      return (render) => {
        render.meter.spend(items.length)
        const list = new ArrayList()
        for (const item of items) list.push(item(render))
        return list
      }
    }
    case 'map':
      return compileMap(expression.entries, compiler)
    case 'binary':
      return compileBinary(expression, compiler)
    case 'not': {
      const operand = compileCondition(expression.operand, compiler)
      return (render) => !operand(render)
    }
  }
}

/**
 * Compiles the condition of `#if`: true, a comparison that holds, or a reference to anything but false and null. Sums,
 * strings, numbers, lists and maps are never true by themselves; Velocity does not even look at them.
 */
export function compileCondition(expression: Expression, compiler: Compiler): (render: Render) => boolean {
  const evaluate = compiler.expression(expression)
  if (!canBeTrue(expression)) return () => false
  if (expression.kind !== 'reference') return (render) => evaluate(render) === true
  return (render) => {
    const value = evaluate(render)
    if (value === null || value === undefined || typeof value === 'boolean') return value === true
    return !(value instanceof JavaObject) || value.text() !== null
  }
}

function canBeTrue(expression: Expression): boolean {
  if (expression.kind === 'binary') return !/^[-+*/%]$/.test(expression.operator)
  if (expression.kind === 'literal') return expression.value === true
  return expression.kind === 'reference' || expression.kind === 'not'
}

function compileMap(entries: readonly (readonly [Expression, Expression])[], compiler: Compiler): Evaluate {
  const compiled = entries.map(([key, value]) => [compiler.expression(key), compiler.expression(value)] as const)
  return (render) => {
    render.meter.spend(compiled.length)
    const map = new Map<Value, Value>()
    for (const [key, value] of compiled) map.set(key(render) ?? null, value(render))
    return map
  }
}

function compileRange(from: Evaluate, to: Evaluate): Evaluate {
  return (render) => {
    const first = from(render)
    const last = to(render)
    if (!isJavaNumber(first) || !isJavaNumber(last)) return null
    const start = toNumber(first) | 0
    const end = toNumber(last) | 0
    const length = Math.abs(start - end) + 1
    if (length > maxRangeItems) throw new BudgetFault('iterations', `${maxRangeItems} items a range`)
    render.meter.spend(length)
    const delta = start >= end ? -1 : 1
    const list = new ArrayList()
    for (let index = 0; index < length; index++) list.push(start + index * delta)
    return list
  }
}

function compileBinary(node: BinaryNode, compiler: Compiler): Evaluate {
  switch (node.operator) {
    case 'and':
    case 'or':
      return compileLogic(node, compiler)
    case '==':
    case '!=':
      return compileEquality(node, compiler)
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compileComparison(node, compiler)
    case '+':
      return compileSum(node, compiler)
    default:
      return compileArithmetic(node, node.operator, compiler)
  }
}

function compileLogic(node: BinaryNode, compiler: Compiler): Evaluate {
  const left = compileCondition(node.left, compiler)
  const right = compileCondition(node.right, compiler)
  return node.operator === 'and' ? (render) => left(render) && right(render) : (render) => left(render) || right(render)
}

function compileEquality(node: BinaryNode, compiler: Compiler): Evaluate {
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const expected = node.operator === '=='
  const missing = compiler.isMissingEmpty ? '' : null
  return (render) => {
    const leftValue = left(render) ?? missing
    const rightValue = right(render) ?? missing
    return (leftValue === rightValue || velocityEquals(leftValue, rightValue, render.meter)) === expected
  }
}

function compileComparison(node: BinaryNode, compiler: Compiler): Evaluate {
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const holds = comparisons[node.operator as keyof typeof comparisons]
  return (render) => {
    const leftValue = left(render)
    const rightValue = right(render)
    return isJavaNumber(leftValue) && isJavaNumber(rightValue) && holds(compareNumbers(leftValue, rightValue))
  }
}

const comparisons = {
  '<': (order: number): boolean => order < 0,
  '>': (order: number): boolean => order > 0,
  '<=': (order: number): boolean => order <= 0,
  '>=': (order: number): boolean => order >= 0,
}

function compileArithmetic(node: BinaryNode, operator: ArithmeticOperator, compiler: Compiler): Evaluate {
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  return (render) => {
    render.at = node.at
    return calculate(operator, left(render), right(render))
  }
}

function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  return isJavaNumber(left) && isJavaNumber(right) ? arithmetic(operator, left, right) : null
}

/** `+` joins texts when one side is a string; a missing side is then written as it stands in the template. */
function compileSum(node: BinaryNode, compiler: Compiler): Evaluate {
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const leftMissing = compiler.isMissingEmpty ? '' : node.left.source
  const rightMissing = compiler.isMissingEmpty ? '' : node.right.source
  return (render) => {
    const leftValue = left(render)
    const rightValue = right(render)
    if (typeof leftValue !== 'string' && typeof rightValue !== 'string') return calculate('+', leftValue, rightValue)
    const leftText = textOf(leftValue, render.meter) ?? leftMissing
    const rightText = textOf(rightValue, render.meter) ?? rightMissing
    render.meter.spendText(leftText.length + rightText.length)
    return leftText + rightText
  }
}
