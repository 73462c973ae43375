// One family of Prometheus's text format 0.0.4: HELP, TYPE, and a line for each of its values.

export type Labels = Readonly<Record<string, string>>

/** `name="value",name="value"`. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

/** A value with its labels as text; none for a family of a single value. */
export function valueLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`
}

/** `lines`: without their line breaks. A family without values is left out. */
export function family(
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
  lines: readonly string[],
): string {
  return lines.length === 0 ? '' : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

/** A family of a single value. */
export function single(name: string, type: 'counter' | 'gauge', help: string, value: number): string {
  return family(name, type, help, [valueLine(name, '', value)])
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
