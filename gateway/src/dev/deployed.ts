// The result of deploying a file, for the start-up table and the log.

/** One stage of one API. */
export interface DeployedApi {
  readonly name: string
  readonly kind: 'REST' | 'HTTP' | 'WEBSOCKET'
  readonly apiId: string
  readonly stageName: string
  /** `GET /pets` … in the order in which they are described or listed. */
  readonly routes: readonly string[]
}

export interface Deployed {
  readonly file: string
  /** Absolute paths of the files that it includes. */
  readonly includedFiles: readonly string[]
  readonly apis: readonly DeployedApi[]
  readonly functionNames: readonly string[]
  readonly warnings: readonly string[]
  /** The outputs of a template, by name. */
  readonly outputs: Readonly<Record<string, string>>
}

/** A file that was read. */
export interface FileText {
  readonly file: string
  readonly text: string
}
