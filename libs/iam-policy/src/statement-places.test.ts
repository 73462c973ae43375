// Places of statements, as the service itself gave them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statementPlaces } from './statement-places.ts'

function placesOf(text: string): readonly (readonly number[])[] {
  return statementPlaces(text).map(({ start, end }) => [start.line, start.column, end.line, end.column])
}

const statement = { Effect: 'Allow', Action: '*', Resource: '*' }

describe('statements stand', () => {
  // https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html, example 1
  test('behind the brace of a lone statement', () => {
    const text =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
    expect(placesOf(text)).toEqual([[1, 38, 1, 167]])
  })

  test('behind the bracket of a list: AdministratorAccess', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
    expect(placesOf(text)).toEqual([[3, 17, 8, 6]])
  })

  test('each behind the one before', () => {
    const lone = JSON.stringify(statement)
    const start = '{"Statement":['.length + 1
    expect(placesOf(`{"Statement":[${lone}, ${lone}]}`)).toEqual([
      [1, start, 1, start + lone.length],
      [1, start + lone.length, 1, start + 2 * lone.length + 2],
    ])
  })

  test('in the last of several lists, whatever else the document says', () => {
    const text = '{"Id":"a\\"}[{","Statement":[{}],"Version":"\\\\","X":[1,{"Statement":[{}]}],"Statement" :\n[ {} ]}'
    expect(placesOf(text)).toEqual([[2, 2, 2, 5]])
  })

  test('nowhere in a document without any', () => {
    expect(placesOf('{}')).toEqual([])
    expect(placesOf('{"Statement":[]}')).toEqual([])
  })
})

test('what stands at a place is the statement', () => {
  const values = fc.jsonValue({ maxDepth: 3 })
  const spaces = fc.constantFrom('', ' ', '\n', '\t\n ')
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), values), { minLength: 1 }),
      values,
      spaces,
      (list, other, space) => {
        const written = list.map((each) => JSON.stringify(each, undefined, space))
        const text = `{"Other":${JSON.stringify(other)}${space},${space}"Statement"${space}:${space}[${written.join(`${space},${space}`)}]}`
        const lines = text.split('\n')
        const offsetOf = (line: number, column: number): number =>
          lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
        const found = placesOf(text).map(([line = 0, column = 0, endLine = 0, endColumn = 0]) =>
          text.slice(offsetOf(line, column), offsetOf(endLine, endColumn)).replace(/^[\s,]+/, ''),
        )
        expect(found).toEqual(written)
      },
    ),
  )
})
