// Reads comma-separated values (RFC 4180): quoted fields, doubled quotes, either line end.

/** The rows of a text; blank lines give none. An unclosed quote takes the rest of the text. Takes time linear in its length. */
export function parseCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  for (;;) {
    const quoted = csv[at] === '"' ? quotedField(csv, at + 1) : undefined
    const end = fieldEnd(csv, quoted?.end ?? at)
    // Text between a closing quote and the next comma is dropped.
    row.push(quoted?.text ?? csv.slice(at, end).trim())
    if (csv[end] !== ',') {
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
    }
    if (end === csv.length) return rows
    at = end + 1
  }
}

/** The offset at which the field that contains `from` ends: a comma, a line feed, or the end of the text. */
function fieldEnd(csv: string, from: number): number {
  let end = from
  while (end < csv.length && csv[end] !== ',' && csv[end] !== '\n') end += 1
  return end
}

/** The text of a quoted field that begins at `start`, just behind its quote, and the offset behind its closing quote. */
function quotedField(csv: string, start: number): { readonly text: string; readonly end: number } {
  let close = csv.indexOf('"', start)
  while (close >= 0 && csv[close + 1] === '"') close = csv.indexOf('"', close + 2)
  const end = close < 0 ? csv.length : close
  return { text: csv.slice(start, end).replaceAll('""', '"'), end: Math.min(end + 1, csv.length) }
}
