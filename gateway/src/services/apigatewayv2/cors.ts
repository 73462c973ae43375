// Checks CORS configurations (HTTP 10.1).
import { BadRequestException, type Cors } from '@sluice/aws-protocol/apigatewayv2'

const methods = ['*', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const origin = /^(?:\*|https?:\/\/\*|[a-z][a-z0-9+.-]*:\/\/[^/\s*]+)$/i
const headerName = /^(?:\*|[!#$%&'*+\-.^_`|~0-9A-Za-z]+)$/

/** Throws BadRequestException for the first part of a configuration that browsers could not use. */
export function checkCors(cors: Cors | undefined): void {
  if (cors === undefined) return
  const { AllowOrigins: origins = [], AllowMethods = [], AllowHeaders = [], ExposeHeaders = [] } = cors
  const badOrigin = origins.find((text) => !origin.test(text))
  if (badOrigin !== undefined) {
    throw new BadRequestException(
      `Invalid origin specified: ${badOrigin}. Format should be "*", "<scheme>://*" or "<scheme>://<host>[:<port>]"`,
    )
  }
  if (cors.AllowCredentials === true && origins.includes('*')) {
    throw new BadRequestException("allow-credentials is not supported if 'allow-origin' is *")
  }
  // AWS: methods may be written in any case, and are kept as they are written (Terraform's acceptance tests have `put`).
  const badMethod = AllowMethods.find((method) => !methods.includes(method.toUpperCase()))
  if (badMethod !== undefined) throw new BadRequestException(`Invalid method specified: ${badMethod}`)
  const { MaxAge: maxAge = 0 } = cors
  if (!(maxAge >= -1 && maxAge <= 86_400)) throw new BadRequestException('MaxAge must be between -1 and 86400 seconds')
  const badHeader = [...AllowHeaders, ...ExposeHeaders].find((name) => !headerName.test(name))
  if (badHeader !== undefined) throw new BadRequestException(`Invalid header name specified: ${badHeader}`)
}
