// What a template may not say, where each problem stands, and that no text does anything but be read or be refused.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTemplate, jsonOf, readTemplate, TemplateFault } from './index.ts'

const options = { accountId: '123456789012', region: 'us-east-1', stackName: 'test' }

/** `line:column message` of what is wrong. */
function faultOf(text: string, parameters: ReadonlyMap<string, string> = new Map()): string {
  try {
    const { resources, outputs } = readTemplate(text, { ...options, parameters })
    const values = { ref: () => undefined, attribute: () => undefined }
    for (const { resolve } of resources) resolve(values)
    for (const { resolve } of outputs) resolve(values)
    return 'nothing'
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    return `${error.line}:${error.column} ${error.message}`
  }
}

const sam = 'Transform: AWS::Serverless-2016-10-31\nResources:\n'
const event = (properties: string): string =>
  `${sam}  F: { Type: AWS::Serverless::Function, Properties: { InlineCode: x, Events: { E: ${properties} } } }`

describe('a template is refused, with the place', () => {
  test.each([
    ['', '1:1 The template is empty'],
    ['Resources: {', '1:13 Flow map in block collection must be sufficiently indented and end with a }'],
    ['Resources:\n  A: { Type: T }\n  A: { Type: T }', '3:3 Map keys must be unique'],
    ['[1]', '1:1 A template is a map with the member Resources'],
    ['Description: x', '1:1 A template needs at least one member of Resources'],
    ['Resources:\n  A_B: { Type: T }', '2:3 The logical id "A_B" has characters other than letters and digits'],
    ['Resources:\n  A: { Properties: {} }', '2:3 The resource A needs a Type'],
    ['Resources:\n  A:\n    Type: T\n    Propertys: {}', '4:5 The resource A has an unknown member "Propertys"'],
    ['Resources:\n  A:\n    Type: T\n    Properties: { X: ~ }', "4:19 'null' values are not allowed in templates"],
    [
      'Resources:\n  A: { Type: T, Properties: { X: !Ref B } }\n  B: { Type: T, Properties: { X: !Sub "${C.Arn}" } }\n  C: { Type: T, DependsOn: A }',
      '2:3 Circular dependency between resources: [A, B, C]',
    ],
    [
      'Resources:\n  A: { Type: T, Properties: { X: !GetAtt Nowhere.Arn } }',
      '2:31 Unresolved resource dependencies [Nowhere] in the Resources block of the template',
    ],
    [
      'Resources:\n  A: { Type: T }\nOutputs:\n  O: { Value: !Ref B }',
      '4:8 Unresolved resource dependencies [B] in the Outputs block of the template',
    ],
    [
      'Resources:\n  A: { Type: T, DependsOn: [B] }',
      '2:29 Unresolved resource dependencies [B] in the Resources block of the template',
    ],
    ['Resources:\n  A: { Type: T, Condition: C }', '2:17 Unresolved condition C: Conditions has no such name'],
    [
      'Conditions:\n  C: !Not [!Condition D]\n  D: !Not [!Condition C]\nResources:\n  A: { Type: T, Condition: C }',
      '3:23 The condition C depends on itself',
    ],
    [
      'Conditions: { C: !Equals [!Ref A, x] }\nResources:\n  A: { Type: T, Condition: C }',
      '1:15 Conditions cannot refer to resources',
    ],
    ['Parameters:\n  P: { Type: String }\nResources: { A: { Type: T } }', '2:3 Parameters: [P] must have values'],
    [
      'Parameters:\n  P: { Type: String, AllowedValues: [a, b], Default: c }\nResources: { A: { Type: T } }',
      '2:3 Parameter P: the value "c" is none of [a, b]',
    ],
    [
      'Parameters:\n  P: { Type: Number, MaxValue: 3, Default: 4, NoEcho: true }\nResources: { A: { Type: T } }',
      '2:3 Parameter P: the value is too large',
    ],
    [
      'Transform: Other\nResources: { A: { Type: T } }',
      '1:1 The transform Other is not available here; there is AWS::Serverless-2016-10-31',
    ],
    [
      'Resources:\n  A: { Type: AWS::Serverless::Function }',
      '2:3 A: the type AWS::Serverless::Function needs Transform: AWS::Serverless-2016-10-31',
    ],
  ])('%j', (text, sentence) => {
    expect(faultOf(text)).toBe(sentence)
  })
})

describe('a function is refused', () => {
  test.each([
    [
      '!ImportValue x',
      'Fn::ImportValue needs an export of another stack; there are no other stacks here: use a parameter',
    ],
    ['!Nonsense x', 'There is no function Fn::Nonsense'],
    ['!Equals [a, b]', 'Fn::Equals belongs into Conditions; use Fn::If here'],
    ['!Select [3, [a, b]]', 'Fn::Select: there is no item 3 in a list of 2'],
    ['!FindInMap [A, b, c]', 'Unable to get mapping for A::b::c'],
    ['!Sub "${a b}"', 'Fn::Sub: "${a b}" is no name of a parameter, a resource or an attribute'],
    ['!Ref AWS::Nothing', 'There is no pseudo parameter AWS::Nothing'],
    ['!Join [a]', 'Fn::Join takes a delimiter and a list'],
    ['!GetAtt A', 'Fn::GetAtt takes a resource and an attribute: Resource.Attribute'],
    ['!If [C, 1]', 'Fn::If takes the name of a condition and two values'],
    ['!Transform { Name: Other }', 'The only macro here is AWS::Include, with a Location'],
    ['{ Fn::Sub: x, Other: y }', 'Fn::Sub must be the only member of its map'],
  ])('%s', (call, sentence) => {
    const fault = faultOf(`Resources:\n  A:\n    Type: T\n    Properties:\n      X: ${call}`)
    expect(fault).toMatch(/^5:\d+ /)
    expect(fault.replace(/^\S+ /, '')).toBe(sentence)
  })
})

describe('what SAM would not transform is refused', () => {
  test.each([
    [
      `${sam}  A: { Type: AWS::Serverless::Application }`,
      '3:3 A: the type AWS::Serverless::Application is not transformed here',
    ],
    [`${sam}  A: { Type: AWS::Serverless::Api }`, '3:3 A (AWS::Serverless::Api) needs StageName'],
    [
      `${sam}  A: { Type: AWS::Serverless::Api, Properties: { Nonsense: 1 } }`,
      '3:50 A: AWS::Serverless::Api has no property Nonsense',
    ],
    [`${sam}  F: { Type: AWS::Serverless::Function }`, '3:3 F (AWS::Serverless::Function) needs CodeUri or InlineCode'],
    [event('{ Type: Api, Properties: { Path: /a } }'), '3:80 The event E of F needs Path and Method'],
    [
      event('{ Type: Api, Properties: { Path: /a, Method: get, RestApiId: !Ref X } }'),
      '3:80 The event E of F: X is no AWS::Serverless::Api of this template',
    ],
    [
      event('{ Type: HttpApi, Properties: { Auth: { Authorizer: X } } }'),
      '3:122 ServerlessHttpApi: Auth has no authorizer X',
    ],
    [
      'Transform: AWS::Serverless-2016-10-31\nGlobals: { Functions: {} }\nResources: { A: { Type: T } }',
      /^2:12 Globals has no section Functions; there are: Function, /,
    ],
  ])('%s', (text, sentence) => {
    expect(faultOf(text)).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence))
  })
})

test('a value that is missing at deployment is told with its place', () => {
  expect(faultOf('Resources:\n  A: { Type: T }\n  B: { Type: T, Properties: { X: !GetAtt A.Arn } }')).toBe(
    '3:31 A has no attribute Arn here',
  )
})

test('given parameters go before defaults, and have to exist', () => {
  const text =
    'Parameters: { P: { Type: String, Default: a } }\nResources: { A: { Type: T, Properties: { X: !Ref P } } }'
  const { resources } = readTemplate(text, { ...options, parameters: new Map([['P', 'b']]) })
  const values = { ref: () => undefined, attribute: () => undefined }
  expect(resources.map(({ resolve }) => jsonOf(resolve(values)))).toEqual([{ X: 'b' }])
  expect(faultOf(text, new Map([['Q', 'b']]))).toBe('1:1 The template has no parameter Q')
})

test.each([
  ['', '$LATEST', []],
  ['AutoPublishAlias: live', 'live', ['FAliaslive']],
])('how a function %s is invoked again is a resource of its own', (alias, Qualifier, aliasIds) => {
  const { resources, warnings } = readTemplate(
    `Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./f
      ${alias}
      EventInvokeConfig: { MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Type: SQS } } }
`,
    options,
  )
  const config = resources.find(({ logicalId }) => logicalId === 'FEventInvokeConfig')
  expect(config?.type).toBe('AWS::Lambda::EventInvokeConfig')
  expect(config?.dependencies).toEqual(expect.arrayContaining(['F', ...aliasIds]))
  const values = { ref: (logicalId: string) => logicalId.toLowerCase(), attribute: () => undefined }
  expect(config && jsonOf(config.resolve(values))).toEqual({ FunctionName: 'f', Qualifier, MaximumRetryAttempts: 1 })
  expect(warnings).toMatchObject([{ line: 8, message: 'DestinationConfig of F has no effect here' }])
})

test('what nothing here resolves is told', () => {
  const { warnings } = readTemplate(
    'Parameters: { P: { Type: AWS::SSM::Parameter::Value<String>, Default: /a }, BootstrapVersion: { Type: AWS::SSM::Parameter::Value<String>, Default: /cdk-bootstrap/hnb659fds/version } }\nResources: { A: { Type: T, Properties: { X: "{{resolve:ssm:b}}" } } }',
    options,
  )
  expect(warnings).toEqual([
    { line: 1, column: 15, message: 'The parameter P has its default as value: there is no Parameter Store' },
    { line: 2, column: 42, message: '{{resolve:ssm:b}} is left as it is: nothing here resolves it' },
  ])
})

describe('budgets end what would not end', () => {
  const wide = Array.from(
    { length: 30 },
    (_, level) => `  - &l${level} [${'*l'.concat(String(level - 1), ', ').repeat(10)}1]`,
  )
  test.each([
    [
      'aliases that multiply',
      `Metadata:\n  - &l-1 [1]\n${wide.join('\n')}\nResources: { A: { Type: T } }`,
      /too large with its aliases/,
    ],
    ['brackets without end', `Resources: ${'['.repeat(5000)}`, /nested too deeply/],
    [
      'indentation without end',
      Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      /nested too deeply/,
    ],
    [
      'a text that doubles',
      `Resources:\n  A: { Type: T, Properties: { X: ${doubled(25)} } }`,
      /makes too much of its functions/,
    ],
    [
      'more text than AWS takes',
      `Resources: { A: { Type: T, Properties: { X: "${'x'.repeat(1024 * 1024)}" } } }`,
      /larger than 1 MB/,
    ],
    [
      'more resources than AWS takes',
      `Resources:\n${Array.from({ length: 501 }, (_, index) => `  A${index}: { Type: T }`).join('\n')}`,
      /more than 500/,
    ],
  ])('%s', (_, text, sentence) => {
    expect(faultOf(text)).toMatch(sentence)
  })
})

/** A `Fn::Sub` whose variable is used twice, so many times over. */
function doubled(times: number): string {
  return times === 0 ? '"0123456789"' : `{ "Fn::Sub": ["\${v}\${v}", { v: ${doubled(times - 1)} }] }`
}

test.each([
  ['AWSTemplateFormatVersion: "2010-09-09"\nResources: {', true],
  ['{"Resources": {"Api": {"Properties": {"Body": {"openapi": "3.0.1"}}}}}', true],
  ['Resources:\n  A:\n    Body:\n      openapi: 3.0.1', true],
  ['openapi: 3.0.1\ncomponents: { schemas: { Resources: {} } }', false],
  ['{"swagger": "2.0", "definitions": {"Resources": {}}}', false],
  ['', false],
])('tells templates from OpenAPI documents: %j', (text, expected) => {
  expect(isTemplate(text)).toBe(expected)
})

/** Words a template could hold anywhere, so that random trees reach the rules and not only the root. */
const word = fc.constantFrom(
  ...'Resources Type Properties DependsOn Condition Conditions Parameters Mappings Outputs Value Globals Function'.split(
    ' ',
  ),
  ...'AWS::Serverless::Function AWS::Serverless::Api AWS::Serverless::HttpApi AWS::Lambda::Function Events Api'.split(
    ' ',
  ),
  ...'HttpApi Path Method /a get any Auth Authorizer Authorizers DefaultAuthorizer FunctionArn Cors StageName'.split(
    ' ',
  ),
  ...'DefinitionBody paths CodeUri InlineCode Ref Fn::Sub Fn::Join Fn::GetAtt Fn::If Fn::Select Fn::Split A B'.split(
    ' ',
  ),
  ...'Fn::FindInMap Fn::Transform Fn::ToJsonString Default String A.Arn ${A} ${A.Arn} AWS::NoValue __proto__'.split(
    ' ',
  ),
  ...'AutoPublishAlias live UsagePlan CreateUsagePlan PER_API SHARED ResourcePolicy constructor toString'.split(' '),
)
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    word,
    fc.constantFrom(null, true, 0, -1, 1.5, ''),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(word, tie('node'), { maxKeys: 4 }),
  ),
}))
const type = fc.constantFrom('AWS::Serverless::Function', 'AWS::Serverless::Api', 'AWS::Serverless::HttpApi', 'A::B::C')
const templateText = fc
  .record({
    globals: fc.option(fc.dictionary(fc.constantFrom('Function', 'Api', 'HttpApi'), node), { nil: undefined }),
    conditions: fc.option(fc.dictionary(word, node, { maxKeys: 2 }), { nil: undefined }),
    resources: fc.dictionary(
      fc.constantFrom('A', 'B', 'C'),
      fc.record({ Type: type, Properties: fc.dictionary(word, node, { maxKeys: 5 }) }, { requiredKeys: ['Type'] }),
      { minKeys: 1 },
    ),
    outputs: fc.option(fc.dictionary(word, fc.record({ Value: node })), { nil: undefined }),
  })
  .map(({ globals, conditions, resources, outputs }) =>
    JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      ...(globals && { Globals: globals }),
      ...(conditions && { Conditions: conditions }),
      Resources: resources,
      ...(outputs && { Outputs: outputs }),
    }),
  )

test('no text throws anything but a TemplateFault', () => {
  const texts = fc.oneof(
    { weight: 6, arbitrary: templateText },
    { weight: 2, arbitrary: node.map((value) => JSON.stringify({ Resources: value })) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
  fc.assert(
    fc.property(texts, (text) => {
      const fault = faultOf(text)
      expect(fault).toMatch(/^(?:nothing|\d+:\d+ )/)
    }),
    { numRuns: 1000 },
  )
})
