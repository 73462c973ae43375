// Checks the lengths of texts, which the service model mentions only in the names of its types.
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'

/** Shortest and longest length in characters; a shortest of 0 lets the text be empty, and so be cleared. */
export type LengthRules<R> = { readonly [Member in keyof R]?: readonly [shortest: number, longest: number] }

/** Throws BadRequestException for the first text whose length is out of bounds. Absent texts pass. */
export function checkLengths<R extends object>(input: R, rules: LengthRules<R>): void {
  for (const member of Object.keys(rules) as (keyof R & string)[]) {
    const value = input[member]
    const [shortest, longest] = rules[member] ?? [0, Infinity]
    if (typeof value === 'string' && (value.length < shortest || value.length > longest)) {
      throw new BadRequestException(`${member} must be between ${shortest} and ${longest} characters long.`)
    }
  }
}
