// Why a file or a folder cannot be used, in words for the person at the terminal.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a file is where a folder has to be',
  EROFS: 'its file system takes no changes',
}

/** A reason without a full stop; of errors that are no everyday mistakes, their own message. */
export function fileProblem(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return Object.hasOwn(reasons, code) ? (reasons[code] ?? message) : message
}
