// Writes the compatibility page: which operations of each model are served, and which settings are stored without being enforced.
import { modelNames, modelOf, type ModelName } from './models.ts'
import { isNotYet } from './not-yet.ts'
import type { Service } from './service.ts'
import { unenforced } from './unenforced.ts'

/** The page as Markdown; it depends on nothing but the handlers and the list of unenforced settings. */
export function compatibility(services: ReadonlyMap<ModelName, Service>): string {
  const sections: string[] = []
  const summary: string[] = ['| service | operations | served | not yet (501) |', '| --- | --: | --: | --: |']
  for (const name of modelNames) {
    const operations = [...modelOf(name).operations.keys()].sort()
    const handlers = services.get(name)?.handlers
    const missing = operations.filter((operation) => {
      const handler = handlers?.[operation]
      return handler === undefined || isNotYet(handler)
    })
    summary.push(`| ${name} | ${operations.length} | ${operations.length - missing.length} | ${missing.length} |`)
    if (missing.length > 0)
      sections.push(`### ${name}: not served yet\n\n${missing.map((each) => `\`${each}\``).join(', ')}\n`)
  }
  const rows = unenforced.map(({ setting, today }) => `| ${setting} | ${today} |`)
  return [
    '# Compatibility',
    '',
    'Generated from the handlers by `npm run generate`; do not edit. An operation that is not served yet answers 501 in AWS’s error form.',
    '',
    ...summary,
    '',
    '## Stored, but not enforced yet',
    '',
    '| setting | what happens today |',
    '| --- | --- |',
    ...rows,
    '',
    '## Operations',
    '',
    sections.join('\n'),
  ].join('\n')
}
