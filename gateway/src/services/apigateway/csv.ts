// Comma-separated values as RFC 4180 has them: quoted fields, doubled quotes, either line end.

/** The rows of a text; blank lines give none. An unclosed quote takes the rest of the text. Takes time linear in its length. */
export function parseCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  for (;;) {
    const quoted = csv[at] === '"' ? quotedField(csv, at + 1) : undefined
    const end = fieldEnd(csv, quoted?.end ?? at)
    // What stands behind a closing quote is no part of the field.
    row.push(quoted?.text ?? csv.slice(at, end).trim())
    if (csv[end] !== ',') {
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
    }
    if (end === csv.length) return rows
    at = end + 1
  }
}

/** Where the field that goes on at `from` ends: at a comma, a line feed, or the end of the text. */
function fieldEnd(csv: string, from: number): number {
  let end = from
  while (end < csv.length && csv[end] !== ',' && csv[end] !== '\n') end += 1
  return end
}

/** The field whose opening quote stands before `start`, and where its closing one is passed. */
function quotedField(csv: string, start: number): { readonly text: string; readonly end: number } {
  let close = csv.indexOf('"', start)
  while (close >= 0 && csv[close + 1] === '"') close = csv.indexOf('"', close + 2)
  const end = close < 0 ? csv.length : close
  return { text: csv.slice(start, end).replaceAll('""', '"'), end: Math.min(end + 1, csv.length) }
}
