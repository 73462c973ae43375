// Finds a function's handler from its name, such as `src/app.handler`, whatever kind of module it is in.
'use strict'
const { existsSync, readFileSync, statSync } = require('node:fs')
const { basename, dirname, join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')
const { runtimeError } = require('./errors.cjs')

/** In the order in which they are looked for; the TypeScript ones are ours, run by Node's own type stripping. */
const extensions = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

function parse(name) {
  if (name.includes('..')) {
    throw runtimeError(
      'Runtime.MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  }
  const [, moduleName, path] = /^([^.]*)\.(.+)$/.exec(basename(name)) ?? []
  if (path === undefined) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler')
  return { modulePath: join(dirname(name), moduleName), path: path.split('.') }
}

function findFile(root, modulePath) {
  const base = resolve(root, modulePath)
  const extension = extensions.find((extension) => isFile(base + extension))
  if (extension !== undefined) return base + extension
  const message = `Error: Cannot find module '${modulePath}'\nRequire stack:\n- ${__filename}`
  throw runtimeError('Runtime.ImportModuleError', message)
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Whether the nearest package.json, up to the root of the code, says that `.js` means an ECMAScript module. */
function isModulePackage(file, root) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const description = join(folder, 'package.json')
    if (existsSync(description)) return JSON.parse(readFileSync(description, 'utf8')).type === 'module'
    if (folder === root || folder === dirname(folder)) return false
  }
}

async function loadModule(file, root) {
  const isModule = /\.m[jt]s$/.test(file) || (/\.[jt]s$/.test(file) && isModulePackage(file, root))
  if (isModule) return import(pathToFileURL(file).href)
  try {
    return require(file)
  } catch (cause) {
    if (cause?.code !== 'ERR_REQUIRE_ASYNC_MODULE' && cause?.code !== 'ERR_REQUIRE_ESM') throw cause
    return import(pathToFileURL(file).href)
  }
}

function loadError(cause) {
  const message = String(cause)
  if (cause instanceof SyntaxError) return runtimeError('Runtime.UserCodeSyntaxError', message, cause)
  const isMissing = cause?.code === 'MODULE_NOT_FOUND' || cause?.code === 'ERR_MODULE_NOT_FOUND'
  return isMissing ? runtimeError('Runtime.ImportModuleError', message, cause) : cause
}

/** The handler function. Throws errors named as Lambda names them. */
async function loadHandler(root, name) {
  const { modulePath, path } = parse(name)
  const file = findFile(root, modulePath)
  let found
  try {
    found = await loadModule(file, root)
  } catch (cause) {
    throw loadError(cause)
  }
  for (const part of path) found = found?.[part]
  if (found === undefined) throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`)
  if (typeof found !== 'function') throw runtimeError('Runtime.HandlerNotFound', `${name} is not a function`)
  return found
}

module.exports = { loadHandler }
