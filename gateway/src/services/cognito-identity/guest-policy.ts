// The session policy that limits guests of an identity pool in the enhanced flow, whatever their role allows.
// https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies

const wholeServices = `
  appsync cloudwatch codewhisperer cognito-identity cognito-idp cognito-sync comprehend dynamodb execute-api firehose
  gamelift iot kinesis lambda lex logs machinelearning mobileanalytics mobiletargeting personalize polly rekognition
  s3 sdb ses sns sqs transcribe translate`

/** Also those of the policy `AmazonCognitoUnAuthedIdentitiesSessionPolicy`, which AWS passes beside its own. */
const singleActions = `
  rum:PutRumEvents sagemaker:InvokeEndpoint textract:DetectDocumentText textract:AnalyzeDocument
  geo:GetMap* geo:SearchPlaceIndex* geo:GetPlace geo:CalculateRoute* geo:*Geofence geo:*Geofences geo:*DevicePosition*
  kms:Encrypt kms:Decrypt kms:ReEncryptTo kms:ReEncryptFrom kms:GenerateDataKey kms:GenerateDataKeyPair
  kms:GenerateDataKeyPairWithoutPlaintext kms:GenerateDataKeyWithoutPlaintext`

/** The policy as JSON text. */
export const guestPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [...words(wholeServices).map((service) => `${service}:*`), ...words(singleActions)],
      Resource: '*',
    },
  ],
})

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
