// Limits for documents: text, depth, nodes after alias expansion, and what references pull in.

/** AWS's quota for a definition file: 6 MB (rest.md 12), counted here in UTF-16 units. */
export const maximumTextUnits: number = 6 * 1024 * 1024

/** Nesting of maps and lists. AWS's is unknown; no document made by a person comes near. */
export const maximumDepth = 200
export const tooDeepSentence = 'The document is nested too deeply'

/** Nodes of the tree with every YAML alias counted as often as it is used. */
export const maximumNodes = 1_000_000

/** Nodes reached through `$ref`, counted at every use. */
export const maximumReferencedNodes = 4_000_000

/** Operations after references and aliases; AWS's own quota is 300 resources of 8 methods. */
export const maximumOperations = 10_000

/** Warnings that are kept; a document with more has one cause for many of them. */
export const maximumWarnings = 1000
