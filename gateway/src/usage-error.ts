// A mistake of the person at the terminal.

/** One sentence that says what to do. Exit code 2. */
export class UsageError extends Error {}
