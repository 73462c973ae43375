// The kinds of SDK that AWS generates, and the parameters that each takes (REST 16.1).
import type { SdkConfigurationProperty, SdkType } from '@sluice/aws-protocol/apigateway'

function property(name: string, friendlyName: string, required: boolean): SdkConfigurationProperty {
  return { name, friendlyName, description: friendlyName, required }
}

const javaPackage = [
  property('groupId', 'Group ID', false),
  property('artifactId', 'Artifact ID', false),
  property('artifactVersion', 'Artifact version', false),
]

export const sdkTypes: readonly SdkType[] = [
  {
    id: 'android',
    friendlyName: 'Android',
    description: 'Client SDK for Android',
    configurationProperties: [
      property('groupId', 'Group ID', true),
      property('artifactId', 'Artifact ID', true),
      property('artifactVersion', 'Artifact version', true),
      property('invokerPackage', 'Invoker package', true),
    ],
  },
  {
    id: 'java',
    friendlyName: 'Java SDK',
    description: 'Client SDK for Java',
    configurationProperties: [
      property('serviceName', 'Service name', true),
      property('javaPackageName', 'Java package name', true),
      ...javaPackage,
    ],
  },
  {
    id: 'javascript',
    friendlyName: 'JavaScript',
    description: 'Client SDK for JavaScript',
    configurationProperties: [],
  },
  {
    id: 'objectivec',
    friendlyName: 'iOS (Objective-C)',
    description: 'Client SDK for iOS in Objective-C',
    configurationProperties: [property('classPrefix', 'Class prefix', true)],
  },
  {
    id: 'ruby',
    friendlyName: 'Ruby',
    description: 'Client SDK for Ruby',
    configurationProperties: [
      property('service.name', 'Service name', true),
      property('ruby.gem-name', 'Gem name', false),
      property('ruby.gem-version', 'Gem version', false),
    ],
  },
  {
    id: 'swift',
    friendlyName: 'iOS (Swift)',
    description: 'Client SDK for iOS in Swift',
    configurationProperties: [property('classPrefix', 'Class prefix', true)],
  },
]
