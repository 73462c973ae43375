// The verbs that routes and methods may have, which `ANY` stands for. REST 1.3.

export const anyVerbs: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
