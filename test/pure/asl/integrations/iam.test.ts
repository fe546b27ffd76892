/** IAM's own operations, whose ARNs contain a path that has a parameter of its own. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, passed } from '../machines.ts';

const iam = (resource: string): string => `arn:aws:iam::222222222222:${resource}`;

const CREATED: readonly [api: string, action: string, type: string, name: string][] = [
  ['createGroup', 'CreateGroup', 'group', 'GroupName'],
  ['createInstanceProfile', 'CreateInstanceProfile', 'instance-profile', 'InstanceProfileName'],
  ['createPolicy', 'CreatePolicy', 'policy', 'PolicyName'],
  ['createRole', 'CreateRole', 'role', 'RoleName'],
  ['createUser', 'CreateUser', 'user', 'UserName'],
  ['createVirtualMFADevice', 'CreateVirtualMFADevice', 'mfa', 'VirtualMFADeviceName'],
  ['uploadServerCertificate', 'UploadServerCertificate', 'server-certificate', 'ServerCertificateName'],
];

const MOVED: readonly [api: string, action: string, type: string, name: string][] = [
  ['updateGroup', 'UpdateGroup', 'group', 'GroupName'],
  ['updateServerCertificate', 'UpdateServerCertificate', 'server-certificate', 'ServerCertificateName'],
  ['updateUser', 'UpdateUser', 'user', 'UserName'],
];

/** Parameters, and the resources that the one action is allowed on. */
function allows(api: string, parameters: JsonObject, action: string, resources: readonly string[]): void {
  const derivation = deriveOne(`aws-sdk:iam:${api}`, parameters);
  assertAllows(derivation, [{ Action: `iam:${action}`, Resource: resources.map(iam) }]);
  expect(openDecisions(derivation)).toStrictEqual([]);
}

describe('what IAM makes under a path', () => {
  for (const [api, action, type, name] of CREATED) {
    it(`${api}: the path stands before the name`, () => {
      allows(api, { [name]: 'n', Path: '/teams/pay/' }, action, [`${type}/teams/pay/n`]);
    });
    it(`${api}: without one, or with /, the name alone`, () => {
      allows(api, { [name]: 'n' }, action, [`${type}/n`]);
      allows(api, { [name]: 'n', Path: '/' }, action, [`${type}/n`]);
    });
  }

  it('a path that is known in part leaves its holes, unless its beginning is one', () => {
    allows('createRole', { RoleName: 'n', 'Path.$': "States.Format('/teams/{}/', $.team)" }, 'CreateRole', [
      'role/teams/*/n',
    ]);
    expect(
      openDecisions(deriveOne('aws-sdk:iam:createRole', { RoleName: 'n', 'Path.$': '$.path' })),
    ).toStrictEqual(['Task "Call" needs iam:CreateRole, but Path is known only at run time ($.path)']);
  });

  it('a text that IAM takes for no path is named', () => {
    expect(
      openDecisions(deriveOne('aws-sdk:iam:createRole', { RoleName: 'n', Path: 'teams' })),
    ).toStrictEqual(['Task "Call" needs iam:CreateRole, but Path "teams" does not name one']);
  });
});

describe('what IAM renames or moves', () => {
  for (const [api, action, type, name] of MOVED) {
    it(`${api} needs what it was and what it becomes`, () => {
      allows(api, { [name]: 'n' }, action, [`${type}/n`]);
      allows(api, { [name]: 'n', NewPath: '/p/' }, action, [`${type}/n`, `${type}/p/n`]);
      allows(api, { [name]: 'n', [`New${name}`]: 'm' }, action, [`${type}/n`, `${type}/m`]);
      allows(api, { [name]: 'n', NewPath: '/p/', [`New${name}`]: 'm' }, action, [`${type}/n`, `${type}/p/m`]);
    });
  }
});

describe('other things of IAM', () => {
  it('a service-linked role lies under its service', () => {
    allows('createServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com' }, 'CreateServiceLinkedRole', [
      'role/aws-service-role/ecs.amazonaws.com/*',
    ]);
  });

  it('an identity provider is called as its URL', () => {
    allows(
      'createOpenIDConnectProvider',
      { Url: 'https://oidc.eks.us-east-1.amazonaws.com/id/X' },
      'CreateOpenIDConnectProvider',
      ['oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/X'],
    );
  });

  it('a role that is put into an instance profile is passed to EC2', () => {
    const derivation = deriveOne('aws-sdk:iam:addRoleToInstanceProfile', {
      InstanceProfileName: 'p',
      RoleName: 'r',
    });
    assertAllows(derivation, [
      { Action: 'iam:AddRoleToInstanceProfile', Resource: iam('instance-profile/p') },
      passed('ec2.amazonaws.com', iam('role/r')),
    ]);
  });

  it('a policy of AWS’s own lies in no account', () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const derivation = deriveOne('aws-sdk:iam:getPolicy', { PolicyArn: arn });
    assertAllows(derivation, [{ Action: 'iam:GetPolicy', Resource: arn }]);
    expect(derivation.diagnostics).toStrictEqual([]);
  });
});
