// Facts about header names, found once for each spelling: clients and backends send the same few names again and again.

/** How many spellings a table remembers. More are an attack or an accident, and are worked out each time. */
const mostSpellings = 2000

/** A remembering version of `find`, which gets a name as sent and in lower case. */
export function byHeaderName<Fact>(find: (name: string, lower: string) => Fact): (name: string) => Fact {
  const known = new Map<string, Fact>()
  return (name) => {
    const fact = known.get(name)
    if (fact !== undefined || known.has(name)) return fact as Fact
    const found = find(name, name.toLowerCase())
    if (known.size < mostSpellings) known.set(name, found)
    return found
  }
}
