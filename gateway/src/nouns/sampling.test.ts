// X-Ray's sampling rules: which rule is asked, its reservoir, its rate; and globs that cannot explode.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileGlob } from './glob.ts'
import { defaultSampling, Sampling, type SampledRequest } from './sampling.ts'

const service = {
  name: 'pets/prod',
  type: 'AWS::ApiGateway::Stage',
  arn: 'arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod',
}
const request = (changes: Partial<SampledRequest> = {}): SampledRequest => ({
  domainName: 'a1.execute-api.localhost',
  method: 'GET',
  rawPath: '/prod/pets/1',
  headers: [],
  ...changes,
})
const all = { ...defaultSampling, Priority: 1, FixedRate: 1, ReservoirSize: 0 }
const none = { ...all, FixedRate: 0 }

describe('the default rule', () => {
  test('takes one request a second, and five of a hundred beyond', () => {
    const sample = new Sampling([]).of(service)
    expect(sample(request(), 1_000, 0.99)).toBe('Default')
    expect(sample(request(), 1_999, 0.05)).toBeUndefined()
    expect(sample(request(), 1_999, 0.049)).toBe('Default')
    expect(sample(request(), 2_000, 0.99)).toBe('Default')
  })

  test('has one reservoir for all stages of an account and region', () => {
    const sampling = new Sampling([])
    expect(sampling.of(service)(request(), 1_000, 0.99)).toBe('Default')
    expect(sampling.of({ ...service, name: 'other/prod' })(request(), 1_000, 0.99)).toBeUndefined()
  })

  test('can be changed', () => {
    const sample = new Sampling([{ ...defaultSampling, FixedRate: 0, ReservoirSize: 2 }]).of(service)
    expect([1, 2, 3].map(() => sample(request(), 1_000, 0))).toEqual(['Default', 'Default', undefined])
  })
})

describe('rules', () => {
  test('are asked in order of their priority, then of their names; the first that matches decides', () => {
    const rules = [
      { ...all, RuleName: 'b', Priority: 2 },
      { ...none, RuleName: 'c', Priority: 1, HTTPMethod: 'POST' },
      { ...all, RuleName: 'a', Priority: 2 },
    ]
    const sample = new Sampling(rules).of(service)
    expect(sample(request(), 0, 0)).toBe('a')
    expect(sample(request({ method: 'POST' }), 0, 0)).toBeUndefined()
  })

  test.each([
    ['ServiceName', 'pets/*', 'cats/*'],
    ['ServiceType', 'AWS::ApiGateway::*', 'AWS::EC2::Instance'],
    ['ResourceARN', '*/restapis/a1/*', '*/restapis/a2/*'],
    ['Host', '*.LOCALHOST', 'example.com'],
    ['HTTPMethod', 'get', 'POST'],
    ['URLPath', '/prod/pets/?', '/prod/pets'],
  ])('match %s', (member, matching, other) => {
    const ruleOf = (value: string) => [{ ...all, RuleName: 'mine', [member]: value }]
    expect(new Sampling(ruleOf(matching)).of(service)(request(), 0, 0)).toBe('mine')
    expect(new Sampling(ruleOf(other)).of(service)(request(), 0, 0)).toBe('Default')
  })

  test('match the headers of a request as attributes', () => {
    const sample = new Sampling([{ ...all, RuleName: 'mine', Attributes: { 'X-Plan': 'gold*', 'X-Beta': '*' } }]).of(
      service,
    )
    expect(sample(request({ headers: ['x-plan', 'Golden', 'X-Beta', ''] }), 0, 0)).toBe('mine')
    expect(sample(request({ headers: ['X-Plan', 'Golden'] }), 0, 0)).toBe('Default')
    expect(sample(request({ headers: ['X-Plan', 'silver', 'X-Beta', '1'] }), 0, 0)).toBe('Default')
  })
})

describe('globs', () => {
  test('match as the same regular expression does', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'B'), maxLength: 8 })
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 })
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, 'i')
        return compileGlob(pattern)(text) === expression.test(text)
      }),
      { numRuns: 2_000 },
    )
  })

  test('do not explode', () => {
    const startedMs = performance.now()
    expect(compileGlob(`${'*a'.repeat(60)}b`)('a'.repeat(8_000))).toBe(false)
    expect(performance.now() - startedMs).toBeLessThan(500)
  })
})
