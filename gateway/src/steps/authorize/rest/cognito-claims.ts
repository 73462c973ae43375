// The claims of a Cognito token as `$context.authorizer.claims.*` and events have them: all texts. Security C.5.

const times: ReadonlySet<string> = new Set(['auth_time', 'exp', 'iat', 'nbf'])
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Times read as Java writes dates, lists are joined by commas. */
export function cognitoClaims(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  // Without a prototype, because `__proto__` is a name like any other.
  const texts = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(claims)) {
    texts[name] = times.has(name) && typeof value === 'number' ? javaDate(value) : text(value)
  }
  return texts
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(text).join(',') : (JSON.stringify(value) ?? '')
}

/** `Sun May 07 06:47:18 UTC 2017` for epoch seconds. */
function javaDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(seconds)
  const [, day = '', , year = '', time = ''] = date.toUTCString().split(' ')
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} UTC ${year}`
}
