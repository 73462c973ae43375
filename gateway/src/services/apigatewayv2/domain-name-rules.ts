// What a custom domain name may be: its name, its endpoint configuration and mutual TLS (H 3.8, 20).
import {
  BadRequestException,
  type DomainNameConfiguration,
  type MutualTlsAuthentication,
  type MutualTlsAuthenticationInput,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'

const domainName = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const certificateArn = /^arn:[\w-]+:(?:acm|iam):[\w-]*:\d{12}:\S+$/

/** Refuses what is no host name, with `*.` in front at most. Host names are lower case here as they are compared. */
export function checkDomainName(name: string): void {
  if (name.length <= 253 && domainName.test(name)) return
  throw new BadRequestException(`Invalid domain name specified: ${name}`)
}

/** The configurations as they are kept: exactly one of each endpoint type, with what AWS fills in. */
export function settledConfigurations(
  call: Call,
  given: readonly DomainNameConfiguration[] | undefined,
  stored: readonly DomainNameConfiguration[] = [],
): readonly DomainNameConfiguration[] {
  if (given === undefined && stored.length > 0) return stored
  if (given === undefined || given.length === 0) throw noCertificate('REGIONAL')
  const types = given.map(({ EndpointType = 'REGIONAL' }) => EndpointType)
  if (new Set(types).size < types.length) {
    throw new BadRequestException('A domain name can have one configuration of each endpoint type')
  }
  return given.map((configuration) => {
    const { EndpointType = 'REGIONAL' } = configuration
    const before = stored.find((other) => other.EndpointType === EndpointType)
    return settled(call, { ...before, ...said(configuration), EndpointType })
  })
}

function settled(call: Call, configuration: DomainNameConfiguration): DomainNameConfiguration {
  const {
    EndpointType = 'REGIONAL',
    CertificateArn: certificate,
    OwnershipVerificationCertificateArn: owner,
  } = configuration
  if (certificate === undefined) throw noCertificate(EndpointType)
  for (const arn of [certificate, owner]) {
    if (arn !== undefined && !certificateArn.test(arn))
      throw new BadRequestException('Invalid certificate ARN specified')
  }
  const edge = EndpointType === 'EDGE'
  return {
    ApiGatewayDomainName: edge
      ? `d${call.ids.short(13)}.cloudfront.net`
      : `d-${call.ids.short(10)}.execute-api.${call.scope.region}.amazonaws.com`,
    // AWS: one hosted zone for all of CloudFront, and one a region for the rest; only the form matters here.
    HostedZoneId: edge ? 'Z2FDTNDATAQYW2' : 'Z1UJRXOUMOOFQ8',
    DomainNameStatus: 'AVAILABLE',
    IpAddressType: 'ipv4',
    SecurityPolicy: 'TLS_1_2',
    ...configuration,
  }
}

/** Mutual TLS as it is kept; an empty truststore turns it off. */
export function settledMutualTls(
  given: MutualTlsAuthenticationInput | undefined,
  stored: MutualTlsAuthentication | undefined,
): MutualTlsAuthentication | undefined {
  if (given === undefined) return stored
  const { TruststoreUri = stored?.TruststoreUri, TruststoreVersion } = given
  if (TruststoreUri === undefined || TruststoreUri === '') return undefined
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+\/\S+$/.test(TruststoreUri)) {
    throw new BadRequestException('Invalid truststore URI specified. Format should be "s3://<bucket>/<key>"')
  }
  return said({ TruststoreUri, TruststoreVersion })
}

function noCertificate(endpointType: string): BadRequestException {
  return new BadRequestException(`A certificate was not provided for the endpoint type ${endpointType}.`)
}

function said<R extends object>(record: R): R {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== '')) as R
}
