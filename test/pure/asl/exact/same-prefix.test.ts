/** Services that share their prefix in IAM with another generation of theirs: each is bound to its own kinds of things alone. */
import { needExactly } from './whole-policy.ts';

const BALANCER = 'loadbalancer/app/shop/50dc6c495c0c9188';
const LISTENER = 'listener/net/shop/50dc6c495c0c9188/f2f7dc8efc522ab2';
const RULE = `${LISTENER.replace('listener/', 'listener-rule/')}/9683b2d02a6cabee`;
const of = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:222222222222:${resource}`;
const elb = (resource: string): string => of('elasticloadbalancing', resource);
const TAGS = [{ Key: 'team', Value: 'a' }];

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
needExactly('load balancers of the newer kinds', [
  [
    'aws-sdk:elasticloadbalancingv2:createLoadBalancer',
    { Name: 'shop', Tags: TAGS },
    [
      'elasticloadbalancing:AddTags elasticloadbalancing:@:loadbalancer/app/shop/*',
      'elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:@:loadbalancer/app/shop/*',
    ],
  ],
  ...(
    [
      ['network', 'net'],
      ['gateway', 'gwy'],
    ] as const
  ).map(
    ([Type, kind]) =>
      [
        'aws-sdk:elasticloadbalancingv2:createLoadBalancer',
        { Name: 'shop', Type },
        [`elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:@:loadbalancer/${kind}/shop/*`],
      ] as const,
  ),
  [
    'aws-sdk:elasticloadbalancingv2:createLoadBalancer',
    { Name: 'shop', 'Type.$': '$.type' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:deleteLoadBalancer',
    { LoadBalancerArn: elb(BALANCER) },
    [`elasticloadbalancing:DeleteLoadBalancer elasticloadbalancing:@:${BALANCER}`],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:deleteLoadBalancer',
    { LoadBalancerArn: elb('loadbalancer/classic') },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:modifyLoadBalancerAttributes',
    { LoadBalancerArn: elb(BALANCER), Attributes: [] },
    [`elasticloadbalancing:ModifyLoadBalancerAttributes elasticloadbalancing:@:${BALANCER}`],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:addTags',
    { ResourceArns: [elb('targetgroup/t/1'), elb(LISTENER)], Tags: TAGS },
    [
      `elasticloadbalancing:AddTags elasticloadbalancing:@:${LISTENER}`,
      'elasticloadbalancing:AddTags elasticloadbalancing:@:targetgroup/t/1',
    ],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:removeTags',
    { ResourceArns: [elb('truststore/t/1')], TagKeys: ['team'] },
    ['elasticloadbalancing:RemoveTags elasticloadbalancing:@:truststore/t/1'],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:setRulePriorities',
    { RulePriorities: [{ RuleArn: elb(RULE), Priority: 5 }] },
    [`elasticloadbalancing:SetRulePriorities elasticloadbalancing:@:${RULE}`],
  ],
]);

// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
needExactly('what is made for a load balancer, with its tags', [
  [
    'aws-sdk:elasticloadbalancingv2:createListener',
    { LoadBalancerArn: elb(BALANCER), DefaultActions: [], Tags: TAGS },
    [
      `elasticloadbalancing:AddTags elasticloadbalancing:@:${BALANCER.replace('loadbalancer', 'listener')}/*`,
      `elasticloadbalancing:CreateListener elasticloadbalancing:@:${BALANCER}`,
    ],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:createRule',
    { ListenerArn: elb(LISTENER), Conditions: [], Priority: 1, Actions: [], Tags: TAGS },
    [
      `elasticloadbalancing:AddTags elasticloadbalancing:@:${LISTENER.replace('listener', 'listener-rule')}/*`,
      `elasticloadbalancing:CreateRule elasticloadbalancing:@:${LISTENER}`,
    ],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:createTargetGroup',
    { Name: 't', Tags: TAGS },
    [
      'elasticloadbalancing:AddTags elasticloadbalancing:@:targetgroup/t/*',
      'elasticloadbalancing:CreateTargetGroup elasticloadbalancing:@:targetgroup/t/*',
    ],
  ],
  [
    'aws-sdk:elasticloadbalancingv2:createTargetGroup',
    { Name: 't' },
    ['elasticloadbalancing:CreateTargetGroup elasticloadbalancing:@:targetgroup/t/*'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancing.html
needExactly('Classic load balancers', [
  [
    'aws-sdk:elasticloadbalancing:deleteLoadBalancer',
    { LoadBalancerName: 'shop' },
    ['elasticloadbalancing:DeleteLoadBalancer elasticloadbalancing:@:loadbalancer/shop'],
  ],
  [
    'aws-sdk:elasticloadbalancing:addTags',
    { LoadBalancerNames: ['shop'], Tags: TAGS },
    ['elasticloadbalancing:AddTags elasticloadbalancing:@:loadbalancer/shop'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html
needExactly('the newer Greengrass knows no groups', [
  [
    'aws-sdk:greengrassv2:createDeployment',
    { TargetArn: of('iot', 'thinggroup/g') },
    ['greengrass:CreateDeployment *'],
    ['CallerPermissionsNeeded'],
  ],
  ['aws-sdk:greengrassv2:listDeployments', {}, ['greengrass:ListDeployments *'], ['CallerPermissionsNeeded']],
  [
    'aws-sdk:greengrassv2:getDeployment',
    { DeploymentId: 'd' },
    ['greengrass:GetDeployment greengrass:@:deployments:d'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:greengrassv2:tagResource',
    { ResourceArn: of('greengrass', 'components:c:versions:1.0.0'), Tags: { team: 'a' } },
    ['greengrass:TagResource greengrass:@:components:c:versions:1.0.0'],
  ],
  [
    'aws-sdk:greengrass:createDeployment',
    { GroupId: 'g', DeploymentType: 'NewDeployment' },
    ['greengrass:CreateDeployment greengrass:@:/greengrass/groups/g'],
    ['CallerPermissionsNeeded'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonlexv2.html
needExactly('bots of Lex V2 go by their IDs alone', [
  [
    'aws-sdk:lexmodelsv2:createBotVersion',
    { BotId: 'B', BotVersionLocaleSpecification: {} },
    ['lex:CreateBotVersion lex:@:bot/B'],
  ],
  [
    'aws-sdk:lexmodelsv2:deleteBot',
    { BotId: 'B' },
    ['lex:DeleteBot lex:@:bot-alias/B/*', 'lex:DeleteBot lex:@:bot/B'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:lexmodelsv2:deleteIntent',
    { IntentId: 'I', BotId: 'B', BotVersion: 'DRAFT', LocaleId: 'en_US' },
    ['lex:DeleteIntent lex:@:bot/B'],
  ],
  [
    'aws-sdk:lexruntimev2:recognizeText',
    { BotId: 'B', BotAliasId: 'A', LocaleId: 'en_US', SessionId: 's', Text: 'hello' },
    ['lex:RecognizeText lex:@:bot-alias/B/A'],
  ],
  [
    'aws-sdk:lexruntimev2:getSession',
    { BotId: 'B', BotAliasId: 'A', LocaleId: 'en_US', SessionId: 's' },
    ['lex:GetSession lex:@:bot-alias/B/A'],
  ],
]);

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsendusermessagingsmsandvoicev2.html
needExactly('what text messages are sent from', [
  [
    'aws-sdk:pinpointsmsvoicev2:sendTextMessage',
    { 'DestinationPhoneNumber.$': '$.phone', OriginationIdentity: 'phone-1', ConfigurationSetName: 'c' },
    [
      'sms-voice:SendTextMessage sms-voice:@:configuration-set/c',
      'sms-voice:SendTextMessage sms-voice:@:phone-number/phone-1',
    ],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:sendTextMessage',
    { DestinationPhoneNumber: '+4930123', OriginationIdentity: 'pool-1' },
    ['sms-voice:SendTextMessage sms-voice:@:pool/pool-1'],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:sendTextMessage',
    { DestinationPhoneNumber: '+4930123', OriginationIdentity: 'SHOP' },
    ['sms-voice:SendTextMessage sms-voice:@:sender-id/SHOP/*'],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:sendTextMessage',
    { DestinationPhoneNumber: '+4930123', OriginationIdentity: '+4930456' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:sendTextMessage',
    { DestinationPhoneNumber: '+4930123' },
    ['sms-voice:SendTextMessage *'],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:sendVoiceMessage',
    { DestinationPhoneNumber: '+4930123', OriginationIdentity: of('sms-voice', 'phone-number/phone-1') },
    ['sms-voice:SendVoiceMessage sms-voice:@:phone-number/phone-1'],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:associateOriginationIdentity',
    { PoolId: 'pool-1', OriginationIdentity: 'SHOP', IsoCountryCode: 'DE' },
    [
      'sms-voice:AssociateOriginationIdentity sms-voice:@:pool/pool-1',
      'sms-voice:AssociateOriginationIdentity sms-voice:@:sender-id/SHOP/DE',
    ],
  ],
  [
    'aws-sdk:pinpointsmsvoicev2:deleteConfigurationSet',
    { ConfigurationSetName: 'c' },
    ['sms-voice:DeleteConfigurationSet sms-voice:@:configuration-set/c'],
  ],
]);

// https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_SendChannelMessage.html
needExactly('who sends into a channel is a user or a bot', [
  [
    'aws-sdk:chimesdkmessaging:sendChannelMessage',
    {
      ChannelArn: of('chime', 'app-instance/a/channel/c'),
      ChimeBearer: of('chime', 'app-instance/a/user/u'),
      'Content.$': '$.text',
    },
    [
      'chime:SendChannelMessage chime:@:app-instance/a/channel/c',
      'chime:SendChannelMessage chime:@:app-instance/a/user/u',
    ],
  ],
]);
