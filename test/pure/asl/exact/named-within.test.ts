import { needExactly } from './whole-policy.ts';

needExactly('what a call names by an ARN, and does not make', [
  [
    'aws-sdk:personalize:createCampaign',
    { Name: 'c', SolutionVersionArn: 'arn:aws:personalize:us-east-1:222222222222:solution/s/1' },
    [
      'personalize:CreateCampaign personalize:@:campaign/c',
      'personalize:CreateCampaign personalize:@:solution/s/1',
    ],
  ],
  [
    'aws-sdk:rds:createIntegration',
    { IntegrationName: 'i', SourceArn: 'arn:aws:rds:us-east-1:222222222222:cluster:c', TargetArn: 'x' },
    ['rds:CreateIntegration rds:@:cluster:c', 'rds:CreateIntegration rds:@:integration:*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:quicksight:createDataSet',
    {
      AwsAccountId: '222222222222',
      DataSetId: 'd',
      PhysicalTableMap: {
        t: {
          RelationalTable: { DataSourceArn: 'arn:aws:quicksight:us-east-1:222222222222:datasource/ds' },
        },
      },
    },
    [
      'quicksight:CreateDataSet quicksight:@:datasource/ds',
      'quicksight:PassDataSource quicksight:@:datasource/ds',
    ],
  ],
  [
    'aws-sdk:personalize:createCampaign',
    { Name: 'c', 'SolutionVersionArn.$': '$.solution' },
    [
      'personalize:CreateCampaign personalize:@:campaign/c',
      'personalize:CreateCampaign personalize:@:solution/*',
    ],
  ],
  [
    'aws-sdk:bedrock:createInferenceProfile',
    {
      InferenceProfileName: 'p',
      ModelSource: { CopyFrom: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0' },
    },
    [
      'bedrock:CreateInferenceProfile bedrock:@:application-inference-profile/*',
      'bedrock:CreateInferenceProfile bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0',
    ],
  ],
]);

// https://docs.aws.amazon.com/polly/latest/dg/asynchronous-iam.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsnetworkfirewall.html
needExactly('what a call may name by an ARN further in', [
  [
    'aws-sdk:networkfirewall:updateFirewallPolicy',
    {
      FirewallPolicyName: 'p',
      UpdateToken: 't',
      FirewallPolicy: {
        StatefulRuleGroupReferences: [
          { ResourceArn: 'arn:aws:network-firewall:us-east-1:222222222222:stateful-rulegroup/rules' },
        ],
      },
    },
    [
      'network-firewall:UpdateFirewallPolicy network-firewall:@:firewall-policy/p',
      'network-firewall:UpdateFirewallPolicy network-firewall:@:stateful-rulegroup/rules',
    ],
  ],
]);

needExactly('a topic that is published to with the caller’s rights', [
  [
    'aws-sdk:polly:startSpeechSynthesisTask',
    {
      OutputS3BucketName: 'b',
      OutputS3KeyPrefix: 'p/',
      SnsTopicArn: 'arn:aws:sns:us-east-1:222222222222:spoken',
    },
    ['polly:StartSpeechSynthesisTask *', 's3:PutObject s3:::b/p/*', 'sns:Publish sns:@:spoken'],
    ['CallerPermissionsNeeded'],
  ],
]);
