// `ARN=URL` texts as configuration has them.
import { expect, test } from 'vitest'
import { originsOf, parseBackends, type Backends } from './backends.ts'

const listener = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/lb/1/2'
const service = 'arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1'

test('an ARN leads to its URLs in their order; a Cloud Map service’s serve the filters without their own', () => {
  const backends = parseBackends([
    `${listener}=http://10.0.0.1:8080`,
    `${service}=https://pets.internal/`,
    `${service}?color=red=http://[::1]:81`,
    `${listener}=http://10.0.0.2:8080/`,
  ]) as Backends
  expect(originsOf(backends, listener)).toEqual(['http://10.0.0.1:8080', 'http://10.0.0.2:8080'])
  expect(originsOf(backends, `${service}?color=blue`)).toEqual(['https://pets.internal'])
  expect(originsOf(backends, `${service}?color=red`)).toEqual(['http://[::1]:81'])
  expect(originsOf(backends, `${listener}x`)).toBe(undefined)
})

test.each([
  [''],
  [listener],
  [`${listener}=`],
  [`${listener}=ftp://10.0.0.1`],
  [`${listener}=http://10.0.0.1/path`],
  [`${listener}=http://10.0.0.1?x`],
  [`${listener}=http://user@10.0.0.1`],
  [`${listener}=http://10.0.0.1:99999`],
  ['arn:aws:lambda:us-east-1:000000000000:function:f=http://10.0.0.1'],
])('what is no ARN with a URL is given back: %s', (text) => {
  expect(parseBackends([`${service}=http://ok`, text])).toBe(text)
})
