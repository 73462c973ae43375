// Limits for templates: text, depth, what aliases and functions expand to, and AWS's number of resources.

/** AWS's quota for a template body in S3: 1 MB, counted here in UTF-16 units. */
export const maximumTextUnits: number = 1024 * 1024

/** Nesting of maps, lists and functions. No template made by a person comes near. */
export const maximumDepth = 100

/** AWS's quota: resources of one template, before the transform and after it. */
export const maximumResources = 500

/** AWS's quotas for parameters, mappings and outputs are 200 each. */
export const maximumSectionEntries = 200

/**
 * The most that reading and evaluating may make: a node costs 1, and 1 more for each 32 characters. Aliases cost as much as
 * what they stand for.
 */
const maximumCost = 1_000_000

/** Counts what reading and evaluating make; answers `false` when it is too much. */
export class Meter {
  private cost = 0

  /** The cost so far. */
  get spent(): number {
    return this.cost
  }

  spend(cost: number): boolean {
    this.cost += cost
    return this.cost <= maximumCost
  }
}

/** The cost of one node with this many characters. */
export function costOf(characters: number): number {
  return 1 + (characters >> 5)
}
