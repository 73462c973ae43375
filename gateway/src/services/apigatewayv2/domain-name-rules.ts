// Checks custom domain names: the name, the endpoint configuration and mutual TLS (HTTP 3.8, 20).
import {
  BadRequestException,
  type DomainNameConfiguration,
  type MutualTlsAuthenticationInput,
} from '@sluice/aws-protocol/apigatewayv2'
import type { DomainNameRecord } from '../../nouns/records.ts'
import { domainNameProblem } from '../domains/record.ts'

const certificateArn = /^arn:[\w-]+:(?:acm|iam):([\w-]*):\d{12}:\S+$/
/** Where the certificates of all edge endpoints are. */
const edgeRegion = 'us-east-1'

/**
 * Throws BadRequestException for a text that is no host name, except for `*.` in front. Names have to be in lower case,
 * because they are compared as text.
 */
export function checkDomainName(name: string): void {
  const problem = domainNameProblem(name)
  if (problem !== undefined) throw new BadRequestException(problem)
}

/**
 * The configurations as they are stored: one of each endpoint type, in which members that are not given stay as they were. Only
 * v1 makes edge endpoints; one that a name has can be changed here. Throws BadRequestException in the sentences that stacks failed with (observed).
 */
export function settledConfigurations(
  region: string,
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
    if (EndpointType === 'EDGE' && before === undefined) {
      throw new BadRequestException('EDGE endpoint type is not supported for APIGatewayV2 domainName')
    }
    return checked(EndpointType === 'EDGE' ? edgeRegion : region, { ...before, ...said(configuration), EndpointType })
  })
}

function checked(region: string, configuration: DomainNameConfiguration): DomainNameConfiguration {
  const {
    EndpointType = 'REGIONAL',
    CertificateArn: certificate,
    OwnershipVerificationCertificateArn: owner,
  } = configuration
  if (certificate === undefined) throw noCertificate(EndpointType)
  const certificateRegion = regionOf(certificate)
  if (owner !== undefined) regionOf(owner)
  if (certificateRegion !== '' && certificateRegion !== region) {
    throw new BadRequestException(`Invalid certificate ARN: ${certificate}. Certificate must be in '${region}'.`)
  }
  return configuration
}

/** The region that a certificate's ARN names, empty for one of IAM. Throws BadRequestException for what is no such ARN. */
function regionOf(arn: string): string {
  const region = certificateArn.exec(arn)?.[1]
  if (region === undefined) throw new BadRequestException(`Invalid certificate ARN: ${arn}`)
  return region
}

/** Mutual TLS as it is stored; an empty truststore turns it off. */
export function settledMutualTls(
  given: MutualTlsAuthenticationInput | undefined,
  stored: DomainNameRecord['mutualTlsAuthentication'],
): DomainNameRecord['mutualTlsAuthentication'] {
  if (given === undefined) return stored
  const { TruststoreUri: truststoreUri = stored?.truststoreUri, TruststoreVersion: truststoreVersion } = given
  if (truststoreUri === undefined || truststoreUri === '') return undefined
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+\/\S+$/.test(truststoreUri)) {
    throw new BadRequestException('Invalid truststore URI specified. Format should be "s3://<bucket>/<key>"')
  }
  return said({ truststoreUri, truststoreVersion })
}

function noCertificate(endpointType: string): BadRequestException {
  return new BadRequestException(`A certificate was not provided for the endpoint type ${endpointType}.`)
}

function said<R extends object>(record: R): R {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== '')) as R
}
