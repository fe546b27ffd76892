// Generated from crds/*.yaml by scripts/generate-types.ts: do not edit, run `npm run generate`.
/* oxlint-disable max-lines -- as long as the CRDs make it */
import type { FieldSchema } from './field-schema.ts';

/** The schema of each kind's spec, as its CRD has it. */
export const schemas: Readonly<Record<'CrossAccountLink' | 'AWSAccount', FieldSchema>> = {
  CrossAccountLink: {
    type: 'object',
    required: ['stateMachineARN', 'targetRole'],
    'x-kubernetes-validations': [
      {
        fieldPath: '.targetRole.arn',
        rule: "!self.stateMachineARN.startsWith('arn:aws') || !self.targetRole.arn.startsWith('arn:aws') || self.stateMachineARN.split(':').size() < 7 || self.targetRole.arn.split(':').size() < 6 || self.stateMachineARN.split(':')[1] == self.targetRole.arn.split(':')[1]",
        message:
          "must lie in the state machine's partition: access between AWS partitions (aws, aws-cn, aws-us-gov) does not exist; write a role ARN that begins as spec.stateMachineARN does",
      },
      {
        fieldPath: '.targetRole.arn',
        rule: "self.stateMachineARN.split(':').size() < 7 || self.targetRole.arn.split(':').size() < 6 || self.stateMachineARN.split(':')[4] != self.targetRole.arn.split(':')[4]",
        message:
          "must be a role of another account than the state machine's: inside one account give the execution role the permissions itself; write the ARN of a role in the account that holds the resources",
      },
    ],
    properties: {
      stateMachineARN: {
        type: 'string',
        minLength: 1,
        maxLength: 256,
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message:
              'cannot be changed; make a new CrossAccountLink for the other state machine, then delete this one',
          },
          {
            rule: "!self.matches('^[ \\\\t\\\\n\\\\r]|[ \\\\t\\\\n\\\\r]$')",
            message: 'must have no blank or line break before or after it; take it away',
          },
          {
            rule: "self.matches('^arn:aws[a-z-]*:states:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:stateMachine:.+$')",
            message:
              'must be the ARN of a Step Functions state machine: write arn:aws:states:REGION:ACCOUNT_ID:stateMachine:NAME',
          },
          {
            rule: "!self.matches('^arn:aws[a-z-]*:') || self.split(':')[1] in ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc']",
            message:
              'must lie in an AWS partition: write arn:PARTITION:states:… with aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
          },
          {
            rule: "!self.matches('^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:states:[a-z]+(-[a-z]+)+-[0-9]+:') || self.matches('^arn:(aws-cn:states:cn|aws-us-gov:states:us-gov|aws-iso:states:us-iso|aws-iso-b:states:us-isob|aws-iso-e:states:eu-isoe|aws-iso-f:states:us-isof|aws-eusc:states:eusc)-') || self.matches('^arn:aws:') && !self.matches('^arn:aws:states:(cn|us-gov|us-iso|us-isob|eu-isoe|us-isof|eusc)-')",
            message:
              "must name a Region of the ARN's own partition (cn-… lies in aws-cn, us-gov-… in aws-us-gov, us-east-1 and its like in aws): copy the ARN as AWS shows it",
          },
          {
            rule: "!self.matches('^[^:]+:[^:]*:[^:]*:[^:]*:[^:]*:stateMachine:[^:]*:')",
            message:
              'must name the state machine itself, not a version or an alias: leave out what follows the name, as in arn:aws:states:REGION:ACCOUNT_ID:stateMachine:NAME',
          },
          {
            rule: "!self.matches('^[^:]+:[^:]*:[^:]*:[^:]*:[^:]*:stateMachine:[^:]+$') || self.matches('^[ \\\\t\\\\n\\\\r]|[ \\\\t\\\\n\\\\r]$') || self.matches(':[A-Za-z0-9_+=.@-]{1,80}$')",
            message:
              'must end in a name that sts:ExternalId can carry: at most 80 letters, digits and _ + = . @ -; a state machine with another name cannot be linked, make one whose name has only these',
          },
        ],
      },
      managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'], default: 'Enforce' },
      targetRole: {
        type: 'object',
        required: ['arn'],
        'x-kubernetes-validations': [
          {
            fieldPath: '.unmanaged',
            rule: "self.?adoptionPolicy.orValue('Never') != 'Adopt' || has(self.unmanaged)",
            message:
              'must be written out together with adoptionPolicy Adopt: write Preserve to keep the statements and policies that the role already has, or Remove to delete them',
          },
          {
            fieldPath: '.permissionsBoundaryARN',
            rule: "!has(self.permissionsBoundaryARN) || self.arn.split(':').size() < 6 || self.permissionsBoundaryARN.split(':').size() < 6 || self.permissionsBoundaryARN.split(':')[1] == self.arn.split(':')[1] && self.permissionsBoundaryARN.split(':')[4] in ['aws', self.arn.split(':')[4]]",
            message:
              "must be a policy of the target role's own account and partition, or one that AWS manages: write arn:PARTITION:iam::TARGET_ACCOUNT_ID:policy/NAME",
          },
          {
            fieldPath: '.permissions.managedPolicyARNs',
            rule: "!has(self.permissions) || !has(self.permissions.managedPolicyARNs) || self.arn.split(':').size() < 6 || self.permissions.managedPolicyARNs.all(policy, policy.split(':').size() < 6 || policy.split(':')[1] == self.arn.split(':')[1] && policy.split(':')[4] in ['aws', self.arn.split(':')[4]])",
            message:
              "must be policies of the target role's own account and partition, or ones that AWS manages: write arn:PARTITION:iam::TARGET_ACCOUNT_ID:policy/NAME",
          },
        ],
        properties: {
          arn: {
            type: 'string',
            minLength: 1,
            maxLength: 256,
            'x-kubernetes-validations': [
              {
                rule: 'self == oldSelf',
                message:
                  'cannot be changed; make a new CrossAccountLink with the other role, then delete this one: its Tasks are then handed over in one step',
              },
              {
                rule: "!self.matches('^[ \\\\t\\\\n\\\\r]|[ \\\\t\\\\n\\\\r]$')",
                message: 'must have no blank or line break before or after it; take it away',
              },
              {
                rule: "self.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$')",
                message: 'must be the ARN of an IAM role: write arn:PARTITION:iam::ACCOUNT_ID:role/PATH/NAME',
              },
              {
                rule: "!self.contains(':role/') || self.matches('^[^:]+:[^:]*:[^:]*:[^:]*:[^:]*:role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')",
                message:
                  'must have a path and a name of letters, digits and _ + = , . @ - only (a name of at most 64, no empty path parts): other characters, such as * ? $, would make the grant a wildcard',
              },
              {
                rule: "!self.contains(':role/aws-service-role/') && !self.contains(':role/aws-reserved/')",
                message:
                  'must not be a role that AWS reserves for itself (aws-service-role/, aws-reserved/): write a role under a path of your own',
              },
            ],
          },
          managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] },
          adoptionPolicy: { type: 'string', enum: ['Never', 'Adopt'], default: 'Never' },
          unmanaged: { type: 'string', enum: ['Remove', 'Preserve'] },
          permissions: {
            type: 'object',
            'x-kubernetes-map-type': 'atomic',
            properties: {
              derive: { type: 'boolean' },
              unresolved: { type: 'string', enum: ['Ask', 'AllowedResources'] },
              resources: {
                type: 'array',
                maxItems: 200,
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['task'],
                'x-kubernetes-validations': [
                  {
                    rule: 'self.map(r, bytes(r.task).size() + 16 + r.arns.map(arn, bytes(arn).size() + 16).sum()).sum() <= 65536',
                    message:
                      'must take at most 65536 bytes in all, with 16 more for each Task and each ARN: an inline policy in IAM has at most 10240 characters; write fewer ARNs, or ARNs with *',
                  },
                ],
                items: {
                  type: 'object',
                  required: ['task', 'arns'],
                  properties: {
                    task: { type: 'string', minLength: 1, maxLength: 80 },
                    arns: {
                      type: 'array',
                      minItems: 1,
                      maxItems: 50,
                      'x-kubernetes-list-type': 'set',
                      items: {
                        type: 'string',
                        maxLength: 2048,
                        pattern:
                          '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:[a-z0-9-]+:[a-z0-9*?-]*:[0-9*?]*:\\S+$',
                      },
                    },
                  },
                },
              },
              statements: {
                type: 'array',
                maxItems: 50,
                'x-kubernetes-list-type': 'atomic',
                'x-kubernetes-validations': [
                  {
                    rule: 'self.map(s, s.actions.map(action, action.size() + 16).sum() + s.resources.map(arn, arn.size() + 16).sum() + (has(s.conditions) ? s.conditions.map(operator, operator.size() + 16 + s.conditions[operator].map(key, key.size() + 16 + s.conditions[operator][key].map(value, value.size() + 16).sum() ).sum()).sum() : 0) ).sum() <= 32768',
                    message:
                      'must hold at most 32768 characters in all, with 16 more for each text: an inline policy in IAM has at most 10240; write fewer or shorter ones, or patterns with *',
                  },
                ],
                items: {
                  type: 'object',
                  required: ['actions', 'resources'],
                  properties: {
                    actions: {
                      type: 'array',
                      minItems: 1,
                      maxItems: 100,
                      'x-kubernetes-list-type': 'set',
                      items: {
                        type: 'string',
                        maxLength: 128,
                        pattern: '^(\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$',
                      },
                    },
                    resources: {
                      type: 'array',
                      minItems: 1,
                      maxItems: 100,
                      'x-kubernetes-list-type': 'set',
                      items: { type: 'string', maxLength: 2048, pattern: '^(\\*|arn:\\S+)$' },
                    },
                    conditions: {
                      type: 'object',
                      maxProperties: 10,
                      additionalProperties: {
                        type: 'object',
                        maxProperties: 20,
                        additionalProperties: {
                          type: 'array',
                          minItems: 1,
                          maxItems: 50,
                          'x-kubernetes-list-type': 'atomic',
                          items: { type: 'string', maxLength: 2048 },
                        },
                      },
                    },
                  },
                },
              },
              managedPolicyARNs: {
                type: 'array',
                maxItems: 25,
                'x-kubernetes-list-type': 'set',
                items: {
                  type: 'string',
                  maxLength: 512,
                  pattern:
                    '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$',
                },
              },
            },
          },
          permissionsBoundaryARN: {
            type: 'string',
            maxLength: 512,
            'x-kubernetes-validations': [
              {
                rule: "self.matches('^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$')",
                message: 'must be the ARN of an IAM policy: write arn:PARTITION:iam::ACCOUNT_ID:policy/NAME',
              },
            ],
          },
          description: {
            type: 'string',
            maxLength: 1000,
            'x-kubernetes-validations': [
              {
                rule: "self.matches('^[\\\\t\\\\n\\\\r\\\\x{20}-\\\\x{7E}\\\\x{A1}-\\\\x{FF}]*$')",
                message:
                  'must hold only what IAM takes in a description, printable Latin-1 characters, tabs and line breaks',
              },
            ],
          },
          tags: {
            type: 'object',
            'x-kubernetes-map-type': 'atomic',
            maxProperties: 40,
            additionalProperties: {
              type: 'string',
              maxLength: 256,
              'x-kubernetes-validations': [
                {
                  rule: "self.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$')",
                  message:
                    'must hold only what IAM takes in a tag: letters, digits, spaces and _ . : / = + - @',
                },
              ],
            },
            'x-kubernetes-validations': [
              {
                rule: "self.all(key, key.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$'))",
                message:
                  'must have keys of what IAM takes in a tag: letters, digits, spaces and _ . : / = + - @',
              },
              {
                rule: "self.all(key, !key.lowerAscii().matches('^cro[sſ][sſ]accountl[iıİ]n[kK]\\\\.dev/'))",
                message:
                  'must not hold keys under crossaccountlink.dev/, in any case of letters: these prove who owns the role; use a prefix of your own',
              },
              {
                rule: "self.all(key, !key.lowerAscii().matches('^aw[sſ]:'))",
                message:
                  'must not hold keys that begin with aws: (AWS reserves them); use a prefix of your own',
              },
              {
                rule: 'self.all(key, key.size() >= 1 && key.size() <= 128)',
                message: 'must have keys of 1 to 128 characters; shorten the key',
              },
              {
                rule: "self.map(key, key.size() + key.split(' ').size()).sum() <= 896",
                message:
                  'must have keys of together at most 856 characters, because the operator records them in tags of its own; use fewer or shorter keys',
              },
              {
                rule: 'self.all(key, self.exists_one(other, other.lowerAscii() == key.lowerAscii()))',
                message:
                  'must not hold two keys that differ only in the case of letters (to IAM they are one); keep one of them',
              },
            ],
          },
        },
      },
      executionRoleGrant: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        properties: { managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] } },
      },
      stateMachineCredentials: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        properties: {
          managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] },
          tasks: {
            type: 'array',
            minItems: 1,
            maxItems: 1000,
            'x-kubernetes-list-type': 'set',
            'x-kubernetes-validations': [
              {
                rule: 'self.map(task, bytes(task).size()).sum() <= 65536',
                message:
                  'must hold names of together at most 65536 bytes: name fewer Tasks, or leave tasks out to take every Task whose resources all lie in the target account',
              },
            ],
            items: { type: 'string', minLength: 1, maxLength: 80 },
          },
          publishVersion: { type: 'boolean' },
        },
      },
      driftCheckInterval: {
        type: 'string',
        maxLength: 16,
        'x-kubernetes-validations': [
          {
            rule: "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('30s') && duration(self) <= duration('24h')",
            message:
              'must be a duration from 30s to 24h: write hours, minutes and seconds as in 90s, 5m or 1h30m',
          },
        ],
      },
      deletionPolicy: { type: 'string', enum: ['Delete', 'Retain'], default: 'Delete' },
      suspend: { type: 'boolean', default: false },
    },
  },
  AWSAccount: {
    type: 'object',
    required: ['accountID'],
    'x-kubernetes-validations': [
      {
        fieldPath: '.region',
        rule: "!has(self.region) || (self.region.matches('^(cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc)-') ? (self.partition + ':' + self.region).matches('^(aws-cn:cn|aws-us-gov:us-gov|aws-iso:us-iso|aws-iso-b:us-isob|aws-iso-e:eu-isoe|aws-iso-f:us-isof|aws-eusc:eusc)-') : self.partition == 'aws')",
        message:
          'must lie in spec.partition, for example us-east-1 in aws, cn-north-1 in aws-cn, eusc-de-east-1 in aws-eusc',
      },
      {
        fieldPath: '.assumeRole.arn',
        rule: "!has(self.assumeRole) || self.assumeRole.arn.split(':').size() < 6 || self.assumeRole.arn.split(':')[4] == self.accountID",
        message:
          'must be a role of the account itself: write arn:PARTITION:iam::ACCOUNT_ID:role/NAME with the ID in spec.accountID',
      },
      {
        fieldPath: '.assumeRole.arn',
        rule: "!has(self.assumeRole) || self.assumeRole.arn.split(':').size() < 6 || self.assumeRole.arn.split(':')[1] == self.partition",
        message:
          'must lie in spec.partition: write both alike, as in partition: aws-cn with arn:aws-cn:iam::…',
      },
      {
        fieldPath: '.permissionsBoundaryARN',
        rule: "!has(self.permissionsBoundaryARN) || self.permissionsBoundaryARN.split(':').size() < 6 || self.permissionsBoundaryARN.split(':')[1] == self.partition && self.permissionsBoundaryARN.split(':')[4] in ['aws', self.accountID]",
        message:
          'must be a policy of the account itself, or one that AWS manages: write arn:PARTITION:iam::ACCOUNT_ID:policy/NAME with the ID in spec.accountID',
      },
    ],
    properties: {
      accountID: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'cannot be changed; make a new AWSAccount for the other account',
          },
          {
            rule: "self.matches('^[0-9]{12}$')",
            message: 'must be twelve digits, in quotes: write "012345678901"',
          },
        ],
      },
      partition: {
        type: 'string',
        maxLength: 32,
        default: 'aws',
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'cannot be changed; make a new AWSAccount for the account in the other partition',
          },
          {
            rule: "self in ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc']",
            message:
              'must be an AWS partition: write aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
          },
        ],
      },
      region: {
        type: 'string',
        maxLength: 32,
        'x-kubernetes-validations': [
          {
            rule: "self.matches('^[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$')",
            message: 'must be a Region: write it as in us-east-1',
          },
        ],
      },
      assumeRole: {
        type: 'object',
        required: ['arn'],
        properties: {
          arn: {
            type: 'string',
            minLength: 1,
            maxLength: 256,
            'x-kubernetes-validations': [
              {
                rule: "self.matches('^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::[0-9]{12}:role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$')",
                message: 'must be the ARN of an IAM role: write arn:PARTITION:iam::ACCOUNT_ID:role/NAME',
              },
            ],
          },
          externalID: {
            type: 'string',
            maxLength: 1224,
            'x-kubernetes-validations': [
              {
                rule: "self.matches('^[A-Za-z0-9_+=,.@:/-]+$') && self.size() >= 2",
                message:
                  'must be 2 to 1224 letters, digits and _ + = , . @ : / - characters, as sts:ExternalId takes them',
              },
            ],
          },
        },
      },
      access: {
        type: 'array',
        maxItems: 100,
        'x-kubernetes-list-type': 'atomic',
        items: {
          type: 'object',
          required: ['namespaces'],
          'x-kubernetes-validations': [
            {
              rule: 'has(self.asSource) || has(self.asTarget)',
              message:
                'must say what is allowed; write asSource (links may start here), asTarget (links may reach here) or both',
            },
          ],
          properties: {
            namespaces: {
              type: 'object',
              'x-kubernetes-validations': [
                {
                  rule: 'has(self.names) != has(self.selector)',
                  message:
                    'must hold exactly one of names and selector; write two access entries to use both',
                },
              ],
              properties: {
                names: {
                  type: 'array',
                  minItems: 1,
                  maxItems: 200,
                  'x-kubernetes-list-type': 'set',
                  items: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
                },
                selector: {
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                  properties: {
                    matchLabels: {
                      type: 'object',
                      maxProperties: 50,
                      additionalProperties: { type: 'string', maxLength: 63 },
                    },
                    matchExpressions: {
                      type: 'array',
                      maxItems: 50,
                      'x-kubernetes-list-type': 'atomic',
                      items: {
                        type: 'object',
                        required: ['key', 'operator'],
                        'x-kubernetes-validations': [
                          {
                            rule: "(self.operator in ['In', 'NotIn']) == (self.?values.orValue([]).size() > 0)",
                            message:
                              'must have values with In and NotIn, and none with Exists and DoesNotExist',
                          },
                        ],
                        properties: {
                          key: { type: 'string', minLength: 1, maxLength: 317 },
                          operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
                          values: {
                            type: 'array',
                            maxItems: 50,
                            'x-kubernetes-list-type': 'set',
                            items: { type: 'string', maxLength: 63 },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
            asSource: {
              type: 'object',
              properties: {
                stateMachines: {
                  type: 'array',
                  maxItems: 100,
                  'x-kubernetes-list-type': 'set',
                  items: { type: 'string', maxLength: 80, pattern: '^[A-Za-z0-9_+=.@*?-]+$' },
                },
                executionRoles: {
                  type: 'array',
                  maxItems: 100,
                  'x-kubernetes-list-type': 'set',
                  items: {
                    type: 'string',
                    maxLength: 256,
                    pattern:
                      '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/*?-]+$',
                  },
                },
              },
            },
            asTarget: {
              type: 'object',
              required: ['rolePathPrefix'],
              properties: {
                rolePathPrefix: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 200,
                  'x-kubernetes-validations': [
                    {
                      rule: "self.startsWith('/') && self.endsWith('/')",
                      message: 'must begin and end with /: write it as in /crossaccountlink/payments/',
                    },
                    {
                      rule: "self.matches('^/?([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]*$')",
                      message: 'must be parts of letters, digits and _ + = , . @ - between single slashes',
                    },
                    {
                      rule: "!self.startsWith('/aws-service-role/') && !self.startsWith('/aws-reserved/')",
                      message:
                        'must not lie under /aws-service-role/ or /aws-reserved/, which AWS keeps for itself',
                    },
                  ],
                },
                allowedActions: {
                  type: 'array',
                  maxItems: 200,
                  'x-kubernetes-list-type': 'set',
                  items: { type: 'string', maxLength: 128, pattern: '^(\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$' },
                },
                allowedResources: {
                  type: 'array',
                  maxItems: 200,
                  'x-kubernetes-list-type': 'set',
                  items: { type: 'string', maxLength: 2048, pattern: '^(\\*|arn:\\S+)$' },
                },
                passRoles: {
                  type: 'array',
                  maxItems: 50,
                  'x-kubernetes-list-type': 'map',
                  'x-kubernetes-list-map-keys': ['arn'],
                  items: {
                    type: 'object',
                    required: ['arn', 'services'],
                    properties: {
                      arn: {
                        type: 'string',
                        maxLength: 256,
                        pattern:
                          '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/*?-]+$',
                      },
                      services: {
                        type: 'array',
                        minItems: 1,
                        maxItems: 20,
                        'x-kubernetes-list-type': 'set',
                        items: { type: 'string', maxLength: 128, pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$' },
                      },
                    },
                  },
                },
                managedPolicyARNs: {
                  type: 'array',
                  maxItems: 50,
                  'x-kubernetes-list-type': 'set',
                  items: {
                    type: 'string',
                    maxLength: 512,
                    pattern:
                      '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$',
                  },
                },
                adoptableRoles: {
                  type: 'array',
                  maxItems: 100,
                  'x-kubernetes-list-type': 'set',
                  items: {
                    type: 'string',
                    maxLength: 256,
                    pattern:
                      '^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/*?-]+$',
                  },
                },
                allowPreserve: { type: 'boolean' },
                definitionGrowth: { type: 'string', enum: ['Grant', 'Hold'] },
              },
            },
            maxLinks: { type: 'integer', format: 'int32', minimum: 0, maximum: 100000 },
          },
        },
      },
      permissionsBoundaryARN: {
        type: 'string',
        maxLength: 512,
        'x-kubernetes-validations': [
          {
            rule: "self.matches('^arn:aws(-cn|-us-gov|-iso(-[bef])?|-eusc)?:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$')",
            message: 'must be the ARN of an IAM policy: write arn:PARTITION:iam::ACCOUNT_ID:policy/NAME',
          },
        ],
      },
      driftCheckInterval: {
        type: 'string',
        maxLength: 16,
        default: '1m',
        'x-kubernetes-validations': [
          {
            rule: "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('30s') && duration(self) <= duration('24h')",
            message:
              'must be a duration from 30s to 24h: write hours, minutes and seconds as in 90s, 5m or 1h30m',
          },
        ],
      },
      eventQueueURL: {
        type: 'string',
        maxLength: 512,
        'x-kubernetes-validations': [
          {
            rule: "self.matches('^https?://[A-Za-z0-9.-]+(:[0-9]+)?/[0-9]{12}/[A-Za-z0-9_-]{1,80}$')",
            message:
              'must be the URL of a standard SQS queue: write https://sqs.REGION.amazonaws.com/ACCOUNT_ID/QUEUE_NAME',
          },
        ],
      },
      roleReads: { type: 'string', enum: ['Account', 'PerRole'], default: 'Account' },
      quotas: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        properties: {
          trustPolicyLength: { type: 'integer', format: 'int32', minimum: 2048, maximum: 131072 },
          inlinePolicyLength: { type: 'integer', format: 'int32', minimum: 10240, maximum: 131072 },
          managedPoliciesPerRole: { type: 'integer', format: 'int32', minimum: 10, maximum: 25 },
        },
      },
      rates: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        maxProperties: 50,
        'x-kubernetes-validations': [
          {
            rule: "self.all(key, key.matches('^(iam|states|sts|sqs)(:[A-Za-z]{1,64})?$'))",
            message:
              'must have the keys iam, states, sts, sqs, or one operation of these as in states:UpdateStateMachine',
          },
        ],
        additionalProperties: {
          type: 'object',
          required: ['burst', 'perSecond'],
          properties: {
            burst: { type: 'integer', format: 'int32', minimum: 1, maximum: 10000 },
            perSecond: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 10000 },
          },
        },
      },
    },
  },
};
