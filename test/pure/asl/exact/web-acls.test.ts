import { needExactly } from './whole-policy.ts';

const BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/app/web/50dc6c495c0c9188';
const WEB_ACL = 'arn:aws:wafv2:us-east-1:222222222222:regional/webacl/site/a1b2';
const IP_SET = 'arn:aws:wafv2:us-east-1:222222222222:regional/ipset/blocked/c3d4';
const OURS = { Name: 'site', Scope: 'REGIONAL', Id: 'a1b2', LockToken: 't' };

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
needExactly('web ACLs, and what they protect', [
  [
    'aws-sdk:wafv2:getWebACLForResource',
    { ResourceArn: BALANCER },
    ['wafv2:GetWebACLForResource elasticloadbalancing:@:loadbalancer/app/web/50dc6c495c0c9188'],
    ['!ResourceNotStatic', 'CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:wafv2:getWebACLForResource',
    { ResourceArn: 'arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod' },
    ['wafv2:GetWebACLForResource apigateway:us-east-1::/restapis/a1/stages/prod'],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:wafv2:getWebACLForResource',
    { ResourceArn: 'arn:aws:sqs:us-east-1:222222222222:orders' },
    [],
    ['!ResourceNotStatic', '!ResourceNotStatic'],
  ],
  [
    'aws-sdk:wafv2:disassociateWebACL',
    { ResourceArn: 'arn:aws:cognito-idp:us-east-1:222222222222:userpool/us-east-1_abc' },
    ['wafv2:DisassociateWebACL cognito-idp:@:userpool/us-east-1_abc'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:wafv2:updateWebACL',
    {
      ...OURS,
      Rules: [
        { Name: 'blocked', Statement: { IPSetReferenceStatement: { ARN: IP_SET } } },
        {
          Name: 'common',
          Statement: {
            AndStatement: {
              Statements: [
                {
                  ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' },
                },
              ],
            },
          },
        },
      ],
    },
    [
      'wafv2:UpdateWebACL wafv2:@:regional/ipset/blocked/c3d4',
      'wafv2:UpdateWebACL wafv2:@:regional/managedruleset/*/*',
      'wafv2:UpdateWebACL wafv2:@:regional/webacl/site/a1b2',
    ],
  ],
  [
    'aws-sdk:wafv2:updateWebACL',
    { ...OURS, 'Rules.$': '$.rules' },
    ['wafv2:UpdateWebACL wafv2:@:regional/webacl/site/a1b2'],
    ['CallerPermissionsNeeded', 'CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:wafv2:createRuleGroup',
    {
      Name: 'own',
      Scope: 'CLOUDFRONT',
      Capacity: 1,
      Rules: [{ Name: 'r', Statement: { IPSetReferenceStatement: { 'Arn.$': '$.set' } } }],
    },
    ['wafv2:CreateRuleGroup wafv2:@:global/rulegroup/own/*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:wafv2:updateWebACL',
    {
      ...OURS,
      Rules: [{ Statement: { IPSetReferenceStatement: { 'ARN.$': `States.Format('${IP_SET}-{}', $.id)` } } }],
    },
    [
      'wafv2:UpdateWebACL wafv2:@:regional/ipset/blocked/c3d4-*',
      'wafv2:UpdateWebACL wafv2:@:regional/webacl/site/a1b2',
    ],
  ],
  [
    'aws-sdk:wafv2:updateWebACL',
    {
      ...OURS,
      Rules: [
        {
          Statement: {
            IPSetReferenceStatement: {
              'ARN.$': `States.Format('${IP_SET.replace('blocked/c3d4', '{}/{}')}', $.name, $.id)`,
            },
          },
        },
      ],
    },
    ['wafv2:UpdateWebACL wafv2:@:regional/webacl/site/a1b2'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:wafv2:getRuleGroup',
    { 'ARN.$': `States.Format('${IP_SET.replace('ipset/blocked/c3d4', 'rulegroup/{}/{}')}', $.name, $.id)` },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:wafv2:getWebACL',
    { Name: 'site', Scope: 'REGIONAL', Id: 'a1b2' },
    [`wafv2:GetWebACL ${WEB_ACL.slice('arn:aws:'.length).replace('us-east-1:222222222222', '@')}`],
  ],
]);

// https://docs.aws.amazon.com/waf/latest/APIReference/API_PutManagedRuleSetVersions.html
needExactly('the rule groups that become versions of a managed rule set', [
  [
    'aws-sdk:wafv2:putManagedRuleSetVersions',
    {
      ...OURS,
      VersionsToPublish: {
        v1: { AssociatedRuleGroupArn: 'arn:aws:wafv2:us-east-1:222222222222:regional/rulegroup/rules/e5f6' },
      },
    },
    [
      'wafv2:PutManagedRuleSetVersions wafv2:@:regional/managedruleset/site/a1b2',
      'wafv2:PutManagedRuleSetVersions wafv2:@:regional/rulegroup/rules/e5f6',
    ],
  ],
  [
    'aws-sdk:wafv2:putManagedRuleSetVersions',
    { ...OURS, 'VersionsToPublish.$': '$.versions' },
    ['wafv2:PutManagedRuleSetVersions wafv2:@:regional/managedruleset/site/a1b2'],
    ['!ResourceNotStatic'],
  ],
]);

needExactly('names that belong to what the call is about, and to no other type', [
  [
    'aws-sdk:cloudwatch:putAlarmMuteRule',
    { Name: 'nights' },
    ['cloudwatch:PutAlarmMuteRule cloudwatch:@:alarm-mute-rule:nights'],
  ],
  [
    'aws-sdk:fis:updateExperimentTemplate',
    { Id: 'EXT1' },
    ['fis:UpdateExperimentTemplate fis:@:experiment-template/EXT1'],
  ],
]);
