// How near a request comes to routes that do not serve it: segment by segment, with typing errors forgiven in part.

export interface Asked {
  readonly method: string
  /** Without the stage: `/pets/7`. */
  readonly resourcePath: string
}

const mostShown = 5

/** The nearest first, at most five, and none that is far. */
export function nearestRoutes(routes: readonly string[], asked: Asked): readonly string[] {
  const most = segmentsOf(asked.resourcePath).length / 2 + 0.75
  return routes
    .map((route) => ({ route, distance: distanceTo(route, asked) }))
    .filter(({ distance }) => distance <= most)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, mostShown)
    .map(({ route }) => route)
}

/** Whether the route serves the request. */
export function servesRoute(route: string, asked: Asked): boolean {
  return distanceTo(route, asked) === 0
}

/** 0 for a route that serves the request; about one for each segment that is wrong, missing or too much. */
function distanceTo(route: string, { method, resourcePath }: Asked): number {
  const space = route.indexOf(' ')
  if (space < 0) return route === '$default' ? 0 : Number.POSITIVE_INFINITY
  const verb = route.slice(0, space)
  const wanted = segmentsOf(route.slice(space + 1))
  const given = segmentsOf(resourcePath)
  let distance = verb === method || verb === 'ANY' ? 0 : 0.5
  for (let index = 0; index < Math.max(wanted.length, given.length); index++) {
    const pattern = wanted[index]
    if (pattern?.endsWith('+}') === true && given[index] !== undefined) return distance
    distance += segmentDistance(pattern, given[index])
  }
  return distance
}

function segmentDistance(pattern: string | undefined, segment: string | undefined): number {
  if (pattern === undefined || segment === undefined) return 1
  if (pattern.startsWith('{') || pattern === segment) return 0
  if (pattern.toLowerCase() === segment.toLowerCase()) return 0.25
  return isNear(pattern, segment) ? 0.5 : 1.5
}

/** Whether the texts differ by one or two changed, missing or additional characters. */
function isNear(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 2 || left.length > 100 || Math.min(left.length, right.length) < 3)
    return false
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return (previous[right.length] ?? 3) <= 2
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
