// Translates between the record of a custom domain name, which both services share, and v2's view with one configuration
// for each endpoint type.
import type { DomainName, DomainNameConfiguration, RoutingMode } from '@sluice/aws-protocol/apigatewayv2'
import type { RoutingMode as V1RoutingMode } from '@sluice/aws-protocol/apigateway'
import type { DomainNameRecord } from '../../nouns/records.ts'

const routingModes: readonly (readonly [v1: V1RoutingMode, v2: RoutingMode])[] = [
  ['BASE_PATH_MAPPING_ONLY', 'API_MAPPING_ONLY'],
  ['ROUTING_RULE_ONLY', 'ROUTING_RULE_ONLY'],
  ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', 'ROUTING_RULE_THEN_API_MAPPING'],
]

/** The routing mode as the record names it. */
export function storedRoutingMode(mode: RoutingMode | undefined): V1RoutingMode | undefined {
  return routingModes.find(([, v2]) => v2 === mode)?.[0]
}

/** A record as v2 shows it. */
export function shownDomain(record: DomainNameRecord): DomainName {
  const { mutualTlsAuthentication: mutual } = record
  return {
    ApiMappingSelectionExpression: '$request.basepath',
    DomainName: record.domainName ?? '',
    DomainNameArn: record.domainNameArn,
    DomainNameConfigurations: configurationsOf(record),
    ...(mutual && {
      MutualTlsAuthentication: {
        TruststoreUri: mutual.truststoreUri,
        TruststoreVersion: mutual.truststoreVersion,
        TruststoreWarnings: mutual.truststoreWarnings,
      },
    }),
    RoutingMode: routingModes.find(([v1]) => v1 === record.routingMode)?.[1] ?? 'API_MAPPING_ONLY',
    Tags: record.tags ?? {},
  }
}

/** One configuration for each endpoint type of the record. */
export function configurationsOf(record: DomainNameRecord): readonly DomainNameConfiguration[] {
  const types = (record.endpointConfiguration?.types ?? []).filter((type) => type !== 'PRIVATE')
  return types.map((type) => ({
    ApiGatewayDomainName: type === 'EDGE' ? record.distributionDomainName : record.regionalDomainName,
    CertificateArn: type === 'EDGE' ? record.certificateArn : record.regionalCertificateArn,
    CertificateName: type === 'EDGE' ? record.certificateName : record.regionalCertificateName,
    // AWS: only edge-optimized endpoints have the date — the API reference, and every example of its documentation
    CertificateUploadDate: type === 'EDGE' ? record.certificateUploadDate : undefined,
    DomainNameStatus: record.domainNameStatus === 'AVAILABLE' ? 'AVAILABLE' : 'UPDATING',
    DomainNameStatusMessage: record.domainNameStatusMessage,
    EndpointType: type,
    HostedZoneId: type === 'EDGE' ? record.distributionHostedZoneId : record.regionalHostedZoneId,
    IpAddressType: record.endpointConfiguration?.ipAddressType,
    OwnershipVerificationCertificateArn: record.ownershipVerificationCertificateArn,
    // v1 has policies that v2's model does not list; they are shown as they are.
    SecurityPolicy: record.securityPolicy as DomainNameConfiguration['SecurityPolicy'],
  }))
}

/** The record's members that v2's configurations set, without the addresses that the gateway makes for them. */
export function storedConfigurations(configurations: readonly DomainNameConfiguration[]): DomainNameRecord {
  const edge = configurations.find(({ EndpointType }) => EndpointType === 'EDGE')
  const regional = configurations.find(({ EndpointType }) => EndpointType === 'REGIONAL')
  const first = configurations[0]
  return {
    endpointConfiguration: {
      types: configurations.map(({ EndpointType = 'REGIONAL' }) => EndpointType),
      ipAddressType: first?.IpAddressType ?? 'ipv4',
    },
    certificateArn: edge?.CertificateArn,
    certificateName: edge?.CertificateName,
    regionalCertificateArn: regional?.CertificateArn,
    regionalCertificateName: regional?.CertificateName,
    ownershipVerificationCertificateArn: first?.OwnershipVerificationCertificateArn,
    securityPolicy: first?.SecurityPolicy ?? 'TLS_1_2',
  }
}
