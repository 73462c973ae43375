// Which request template serves a Content-Type, or whether the body passes as it is. REST 3.5, 3.6.
import { fault } from '../../nouns/faults.ts'
import type { MappingTemplate, MappingTemplates } from './templates.ts'

export type PassthroughBehavior = 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER'

/** Content-Type → its template, or undefined to pass the body. Throws UNSUPPORTED_MEDIA_TYPE. */
export function requestTemplateChoice(
  templates: MappingTemplates,
  passthrough: PassthroughBehavior,
): (contentType: string | undefined) => MappingTemplate | undefined {
  const otherwise = templates.find('$default')
  const passes = passthrough === 'WHEN_NO_MATCH' || (passthrough === 'WHEN_NO_TEMPLATES' && templates.isEmpty)
  return (contentType = 'application/json') => {
    const template = templates.find(contentType) ?? otherwise
    if (template === undefined && !passes) throw fault('UNSUPPORTED_MEDIA_TYPE')
    return template
  }
}
