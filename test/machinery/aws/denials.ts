/** Denials, each in the words by which AWS says which kind of policy it comes from. */
import {
  BY_BOUNDARY,
  BY_ORGANIZATION,
  MACHINE,
  NO_IDENTITY_POLICY,
  ROLE,
  STOP,
  deniedTo,
  rows,
  type Refusal,
  type Row,
} from './refusal.ts';

export const DENIALS: readonly Refusal[] = [
  ...rows({ ...STOP, reason: 'AccessDenied', advice: /policy of the organization denies it/ }, [
    ['CreateRole', 'AccessDenied', 403, deniedTo('iam:CreateRole', BY_ORGANIZATION)],
    // The longest names that IAM takes; which policy it is stands at the end.
    [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo('iam:PutRolePolicy', BY_ORGANIZATION, `${ROLE}/${'a.b/'.repeat(120)}`),
    ],
    [
      'TagRole',
      'AccessDenied',
      403,
      deniedTo(
        'iam:TagRole',
        'with an explicit deny in a resource control policy: arn:aws:organizations::1:policy/o-a/resource_control_policy/p-a',
      ),
    ],
    [
      'TagRole',
      'AccessDenied',
      403,
      deniedTo('iam:TagRole', 'because no service control policy allows the iam:TagRole action'),
    ],
    [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo('iam:PutRolePolicy', 'because no service control policy allows the iam:PutRolePolicy action'),
    ],
    [
      'ReceiveMessage',
      'com.amazon.coral.service#AccessDeniedException',
      403,
      deniedTo(
        'sqs:receivemessage',
        'with an explicit deny in a resource control policy',
        'arn:aws:sqs:us-east-1:1:x',
      ),
      'AccessDenied',
    ],
  ]),
  ...rows(
    { ...STOP, reason: 'AccessDenied', advice: /widen the permissions boundary of the operator's own role/ },
    [
      ['CreateRole', 'AccessDenied', 403, deniedTo('iam:CreateRole', BY_BOUNDARY('iam:CreateRole'))],
      [
        'TagRole',
        'AccessDenied',
        403,
        deniedTo('iam:TagRole', 'with an explicit deny in a permissions boundary'),
      ],
    ],
  ),
  ...rows({ ...STOP, reason: 'AccessDenied', advice: /policy of the VPC endpoint/ }, [
    [
      'DescribeStateMachine',
      'AccessDeniedException',
      400,
      deniedTo(
        'states:DescribeStateMachine',
        'because no VPC endpoint policy allows the states:DescribeStateMachine action',
        MACHINE,
      ),
    ],
  ]),
  ...rows({ ...STOP, reason: 'AccessDenied', advice: /in the session policy that limits the operator's/ }, [
    [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo('iam:PutRolePolicy', 'because no session policy allows the iam:PutRolePolicy action'),
    ],
    ['GetRole', 'AccessDenied', 403, deniedTo('iam:GetRole', 'with an explicit deny in a session policy')],
  ]),
  ...rows({ ...STOP, reason: 'AccessDenied', advice: /remove that Deny/ }, [
    [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo(
        'iam:PutRolePolicy',
        'with an explicit deny in an identity-based policy: arn:aws:iam::222222222222:policy/no-session-policy',
      ),
    ],
    // As it is said across accounts.
    ['GetRole', 'AccessDenied', 403, deniedTo('iam:GetRole', 'with an explicit deny', 'role checkout')],
  ]),
  ...rows({ ...STOP, reason: 'AccessDenied', advice: /compare the operator's role with .*bootstrap/ }, [
    [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo('iam:PutRolePolicy', NO_IDENTITY_POLICY('iam:PutRolePolicy')),
    ],
    [
      'GetRole',
      'AccessDenied',
      403,
      deniedTo('iam:GetRole', NO_IDENTITY_POLICY('iam:GetRole'), 'role checkout'),
    ],
    [
      'DescribeStateMachine',
      'AccessDeniedException',
      400,
      deniedTo('states:DescribeStateMachine', NO_IDENTITY_POLICY('states:DescribeStateMachine'), MACHINE),
    ],
    [
      'ReceiveMessage',
      'com.amazon.coral.service#AccessDeniedException',
      403,
      deniedTo(
        'sqs:receivemessage',
        NO_IDENTITY_POLICY('sqs:receivemessage'),
        'arn:aws:sqs:us-east-1:1:changes',
      ),
      'AccessDenied',
    ],
    // Names are no words of AWS's.
    ...['logging-audit', 'managed-rule-x', 'team-KMS-reader', 'KMS'].map((name): Row => [
      'PutRolePolicy',
      'AccessDenied',
      403,
      deniedTo('iam:PutRolePolicy', NO_IDENTITY_POLICY('iam:PutRolePolicy'), `role ${name}`),
    ]),
    ...['logging-audit', 'managed-rule-x', 'KMS-rotation'].map((name): Row => [
      'UpdateStateMachine',
      'AccessDeniedException',
      400,
      deniedTo(
        'states:UpdateStateMachine',
        NO_IDENTITY_POLICY('states:UpdateStateMachine'),
        MACHINE.replace('checkout', name),
      ),
    ]),
    [
      'UpdateStateMachine',
      'AccessDeniedException',
      400,
      deniedTo('states:UpdateStateMachine', NO_IDENTITY_POLICY('states:UpdateStateMachine'), MACHINE).replace(
        'crossaccountlink-operator',
        'logging-operator',
      ),
    ],
    ['GetRole', 'UnauthorizedOperation', 403, 'You are not authorized to perform this operation.'],
    ['DescribeStateMachine', 'NotAuthorized', 400, 'You do not have permission to perform this action.'],
    ['DescribeStateMachine', 'AuthorizationErrorException', 403, 'You are not authorized.'],
  ]),
];
