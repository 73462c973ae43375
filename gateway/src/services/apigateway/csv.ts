// Comma-separated values as RFC 4180 has them: quoted fields, doubled quotes, either line end.

/** The rows of a text; blank lines give none. An unclosed quote takes the rest of the text. */
export function parseCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  const field = /(?:"((?:[^"]+|"")*)(?:"|$)|([^",\r\n]*))(,|\r?\n|$)/y
  let match = field.exec(csv)
  while (match !== null) {
    const [whole, quoted, plain = '', end] = match
    row.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'))
    if (end !== ',') {
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
    }
    if (end === '' || whole === '') break
    match = field.exec(csv)
  }
  return rows
}
