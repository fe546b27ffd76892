import { needExactly, role } from './whole-policy.ts';

needExactly('streams and delivery', [
  [
    'aws-sdk:kinesis:putRecord',
    { StreamName: 's', Data: 'x', PartitionKey: 'p' },
    ['kinesis:PutRecord kinesis:@:stream/s'],
  ],
  [
    'aws-sdk:kinesis:putRecords',
    { StreamARN: 'arn:aws:kinesis:us-east-1:222222222222:stream/s' },
    ['kinesis:PutRecords kinesis:@:stream/s'],
  ],
  [
    'aws-sdk:firehose:putRecord',
    { DeliveryStreamName: 'd', Record: {} },
    ['firehose:PutRecord firehose:@:deliverystream/d'],
  ],
  [
    'aws-sdk:scheduler:createSchedule',
    {
      Name: 'n',
      GroupName: 'g',
      Target: { Arn: 'arn:aws:sqs:us-east-1:222222222222:q', RoleArn: role('sch') },
    },
    ['scheduler:CreateSchedule scheduler:@:schedule/g/n', 'pass sch to scheduler'],
  ],
  [
    'aws-sdk:scheduler:deleteSchedule',
    { Name: 'n' },
    ['scheduler:DeleteSchedule scheduler:@:schedule/default/n'],
  ],
  ['aws-sdk:pipes:startPipe', { Name: 'p' }, ['pipes:StartPipe pipes:@:pipe/p']],
  [
    'aws-sdk:codepipeline:startPipelineExecution',
    { Name: 'p' },
    ['codepipeline:StartPipelineExecution codepipeline:@:p'],
  ],
  [
    'aws-sdk:codepipeline:putApprovalResult',
    { PipelineName: 'p', StageName: 's', ActionName: 'a' },
    ['codepipeline:PutApprovalResult codepipeline:@:p/s/a'],
  ],
  [
    'aws-sdk:codedeploy:createDeployment',
    { ApplicationName: 'app', DeploymentGroupName: 'g' },
    ['codedeploy:CreateDeployment codedeploy:@:deploymentgroup:app/g'],
  ],
  [
    'aws-sdk:cloudformation:describeStacks',
    { StackName: 's' },
    ['cloudformation:DescribeStacks cloudformation:@:stack/s/*'],
  ],
  [
    'aws-sdk:cloudformation:deleteStack',
    { StackName: 's', RoleARN: role('cfn') },
    ['cloudformation:DeleteStack cloudformation:@:stack/s/*', 'pass cfn to cloudformation'],
  ],
  [
    'aws-sdk:route53:changeResourceRecordSets',
    { HostedZoneId: '/hostedzone/Z1' },
    ['route53:ChangeResourceRecordSets route53:::hostedzone/Z1'],
  ],
  ['aws-sdk:route53:listHostedZonesByName', {}, ['route53:ListHostedZonesByName *']],
  [
    'aws-sdk:cloudfront:createInvalidation',
    { DistributionId: 'E1' },
    ['cloudfront:CreateInvalidation cloudfront:~:distribution/E1'],
  ],
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cf-api-permissions-ref.html
  [
    'aws-sdk:cloudfront:updateDistribution',
    { Id: 'E1', DistributionConfig: { Logging: { Enabled: true, Bucket: 'logs.s3.amazonaws.com' } } },
    [
      'cloudfront:UpdateDistribution cloudfront:~:distribution/E1',
      's3:GetBucketAcl s3:::logs',
      's3:PutBucketAcl s3:::logs',
    ],
  ],
  [
    'aws-sdk:cloudfront:updateDistribution',
    { Id: 'E1', DistributionConfig: { Logging: { Enabled: false, Bucket: '' } } },
    ['cloudfront:UpdateDistribution cloudfront:~:distribution/E1'],
  ],
  [
    'aws-sdk:cloudfront:updateDistribution',
    { Id: 'E1', 'DistributionConfig.$': '$.config' },
    ['cloudfront:UpdateDistribution cloudfront:~:distribution/E1'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:cloudfront:updateDistribution',
    {
      Id: 'E1',
      DistributionConfig: {
        Logging: { Enabled: true, 'Bucket.$': "States.Format('{}.s3.amazonaws.com', $.bucket)" },
      },
    },
    ['cloudfront:UpdateDistribution cloudfront:~:distribution/E1'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:cloudfront:createDistributionWithTags',
    { DistributionConfigWithTags: { DistributionConfig: { CallerReference: 'c' }, Tags: {} } },
    ['cloudfront:CreateDistribution *'],
    ['CallerPermissionsNeeded'],
  ],
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html
  [
    'aws-sdk:cloudfront:createStreamingDistributionWithTags',
    {
      StreamingDistributionConfigWithTags: {
        StreamingDistributionConfig: { CallerReference: 'c' },
        Tags: {},
      },
    },
    ['cloudfront:CreateStreamingDistributionWithTags *'],
  ],
  ['aws-sdk:acm:requestCertificate', { DomainName: 'x' }, ['acm:RequestCertificate *']],
  [
    'aws-sdk:acm:describeCertificate',
    { CertificateArn: 'arn:aws:acm:us-east-1:222222222222:certificate/c' },
    ['acm:DescribeCertificate acm:@:certificate/c'],
  ],
  [
    'aws-sdk:wafv2:updateIPSet',
    { Name: 'n', Scope: 'REGIONAL', Id: 'i' },
    ['wafv2:UpdateIPSet wafv2:@:regional/ipset/n/i'],
  ],
  [
    'aws-sdk:sesv2:sendEmail',
    { FromEmailAddress: 'a@example.com', Content: {} },
    ['ses:SendEmail ses:@:identity/a@example.com', 'ses:SendEmail ses:@:identity/example.com'],
  ],
  [
    'aws-sdk:appconfig:startDeployment',
    { ApplicationId: 'a', EnvironmentId: 'e', ConfigurationProfileId: 'c', DeploymentStrategyId: 'd' },
    [
      'appconfig:StartDeployment appconfig:@:application/a',
      'appconfig:StartDeployment appconfig:@:deploymentstrategy/d',
      'appconfig:StartDeployment appconfig:@:application/a/configurationprofile/c',
      'appconfig:StartDeployment appconfig:@:application/a/environment/e',
    ],
  ],
]);

needExactly('machine learning and media', [
  [
    'aws-sdk:rekognition:detectLabels',
    { Image: { S3Object: { Bucket: 'b', Name: 'k' } } },
    ['rekognition:DetectLabels *', 's3:GetObject s3:::b/k'],
  ],
  [
    'aws-sdk:rekognition:startLabelDetection',
    {
      Video: { S3Object: { Bucket: 'b', Name: 'k' } },
      NotificationChannel: { SNSTopicArn: 'arn:aws:sns:us-east-1:222222222222:t', RoleArn: role('rek') },
    },
    ['rekognition:StartLabelDetection *', 's3:GetObject s3:::b/k', 'pass rek to rekognition'],
  ],
  [
    'aws-sdk:rekognition:searchFacesByImage',
    { CollectionId: 'c', Image: { Bytes: 'x' } },
    ['rekognition:SearchFacesByImage rekognition:@:collection/c'],
  ],
  [
    'aws-sdk:textract:startDocumentAnalysis',
    {
      DocumentLocation: { S3Object: { Bucket: 'b', Name: 'k' } },
      OutputConfig: { S3Bucket: 'o', S3Prefix: 'p' },
    },
    ['textract:StartDocumentAnalysis *', 's3:GetObject s3:::b/k', 's3:PutObject s3:::o/p*'],
  ],
  ['aws-sdk:textract:getDocumentAnalysis', { JobId: 'j' }, ['textract:GetDocumentAnalysis *']],
  [
    'aws-sdk:transcribe:getTranscriptionJob',
    { TranscriptionJobName: 'j' },
    ['transcribe:GetTranscriptionJob transcribe:@:transcription-job/j'],
  ],
  ['aws-sdk:comprehend:detectSentiment', { Text: 'x', LanguageCode: 'en' }, ['comprehend:DetectSentiment *']],
  [
    'aws-sdk:comprehend:startEntitiesDetectionJob',
    { DataAccessRoleArn: role('com'), InputDataConfig: { S3Uri: 's3://b/in' } },
    ['comprehend:StartEntitiesDetectionJob comprehend:@:entities-detection-job/*', 'pass com to comprehend'],
  ],
  [
    'aws-sdk:translate:startTextTranslationJob',
    { DataAccessRoleArn: role('tr') },
    ['translate:StartTextTranslationJob *', 'pass tr to translate'],
  ],
  [
    'aws-sdk:polly:synthesizeSpeech',
    { Text: 'x', VoiceId: 'v', OutputFormat: 'mp3' },
    ['polly:SynthesizeSpeech *'],
  ],
  [
    'aws-sdk:personalize:createDatasetImportJob',
    {
      JobName: 'j',
      DatasetArn: 'arn:aws:personalize:us-east-1:222222222222:dataset/g/I',
      RoleArn: role('p'),
    },
    [
      'personalize:CreateDatasetImportJob personalize:@:dataset-import-job/j',
      'personalize:CreateDatasetImportJob personalize:@:dataset/g/I',
      'pass p to personalize',
    ],
  ],
  ['aws-sdk:medialive:startChannel', { ChannelId: '1' }, ['medialive:StartChannel medialive:@:channel:1']],
  ['aws-sdk:iotdataplane:publish', { Topic: 'a/b' }, ['iot:Publish iot:@:topic/a/b']],
  [
    'aws-sdk:iot:createJob',
    { JobId: 'j', Targets: ['arn:aws:iot:us-east-1:222222222222:thing/t'] },
    ['iot:CreateJob iot:@:job/j', 'iot:CreateJob iot:@:thing/t'],
  ],
]);

// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/custom-packages.html
needExactly('files that a call hands on are read with the caller’s rights', [
  ...['opensearch', 'elasticsearch'].map(
    (service) =>
      [
        `aws-sdk:${service}:updatePackage`,
        { PackageID: 'F1', PackageSource: { S3BucketName: 'b', S3Key: 'words.txt' } },
        ['es:UpdatePackage *', 's3:GetObject s3:::b/words.txt'],
      ] as const,
  ),
  [
    'aws-sdk:mediaconvert:probe',
    { InputFiles: [{ FileUrl: 's3://in/a.mp4' }] },
    ['mediaconvert:Probe *'],
    ['CallerPermissionsNeeded'],
  ],
]);
