// Globs as X-Ray's sampling rules write them: `*` is any text, `?` any one character, letters match in either case.

/** Compiles a pattern into a matcher, whose time is bounded by the length of the text times that of the pattern. */
export function compileGlob(pattern: string): (text: string) => boolean {
  if (/^\*+$/.test(pattern)) return () => true
  const wanted = pattern.toLowerCase()
  if (!/[*?]/.test(wanted)) return (text) => text.length === wanted.length && text.toLowerCase() === wanted
  return (text) => matches(wanted, text.toLowerCase())
}

/** Greedy with one step back: what an earlier `*` took is never looked at again, so nothing explodes. */
function matches(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let taken = 0
  for (let index = 0; index < text.length; index++) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at++
      taken = index--
    } else if (wanted === '?' || wanted === text[index]) at++
    else if (star < 0) return false
    else {
      at = star + 1
      index = taken++
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
