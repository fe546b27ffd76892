/**
 * IAM's own operations on what has a path: the ARN contains path and name together.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
 */
import { firstGiven, readEach, unreadable } from '../../reading.ts';
import { arn, namedArn, parsed } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { allow, passRole, rowOf } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';

const GLOBAL = { global: true };

/** A name behind the path that the call gives, or behind `/` if it gives none. */
function behindPath(type: string, nameParameter: string, pathParameter: string): Resource {
  return {
    types: [`arn:*:iam::*:${type}/*`],
    read: (call) =>
      readEach(
        call,
        pathParameter,
        (path) =>
          readEach(call, nameParameter, (name) => {
            const { partition, accountId } = call.place;
            const isPath = path.startsWith('/') && path.endsWith('/');
            const before = `arn:${partition}:iam::${accountId}:${type}/`;
            const found = isPath ? namedArn(before, path.slice(1) + name) : undefined;
            return found === undefined
              ? unreadable(isPath ? nameParameter : pathParameter, isPath ? name : path)
              : { arns: [found], unknown: [] };
          }),
        '/',
      ),
  };
}

/** With tags it also needs the action that tags: `TagRole` for `CreateRole`, `TagMFADevice` for `CreateVirtualMFADevice`. */
function creates(action: string, type: string, nameParameter: string): Row {
  const created = behindPath(type, nameParameter, 'Path');
  const tags = `iam:Tag${action.replace(/^(?:Create(?:Virtual)?|Upload)/, '')}`;
  return rowOf(allow(`iam:${action}`, created), allow(tags, created, { when: 'Tags' }));
}

/**
 * To rename or move something, the caller needs the right to do so on its former and on its new ARN.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html
 */
function moves(action: string, type: string, nameParameter: string): Row {
  const newName = `New${nameParameter}`;
  const becomes = firstGiven({
    [newName]: behindPath(type, newName, 'NewPath'),
    [nameParameter]: behindPath(type, nameParameter, 'NewPath'),
  });
  return rowOf(
    allow(`iam:${action}`, arn('iam', `${type}/{${nameParameter}}`, GLOBAL)),
    allow(`iam:${action}`, becomes, { when: [newName, 'NewPath'] }),
  );
}

/** A provider's ARN contains its URL without the scheme. */
const oidcProvider = parsed('Url', ['arn:*:iam::*:oidc-provider/*'], (url, { place }) => {
  const [matched, location = ''] = /^https:\/\/(.+?)\/?$/.exec(url) ?? [];
  if (matched === undefined) return undefined;
  return namedArn(`arn:${place.partition}:iam::${place.accountId}:oidc-provider/`, location);
});

export const iamOperations: ServiceTable = {
  createGroup: creates('CreateGroup', 'group', 'GroupName'),
  createInstanceProfile: creates('CreateInstanceProfile', 'instance-profile', 'InstanceProfileName'),
  createPolicy: creates('CreatePolicy', 'policy', 'PolicyName'),
  createRole: creates('CreateRole', 'role', 'RoleName'),
  createUser: creates('CreateUser', 'user', 'UserName'),
  createVirtualMFADevice: creates('CreateVirtualMFADevice', 'mfa', 'VirtualMFADeviceName'),
  uploadServerCertificate: creates('UploadServerCertificate', 'server-certificate', 'ServerCertificateName'),
  updateGroup: moves('UpdateGroup', 'group', 'GroupName'),
  updateServerCertificate: moves('UpdateServerCertificate', 'server-certificate', 'ServerCertificateName'),
  updateUser: moves('UpdateUser', 'user', 'UserName'),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
  createServiceLinkedRole: rowOf(
    allow('iam:CreateServiceLinkedRole', arn('iam', 'role/aws-service-role/{AWSServiceName}/*', GLOBAL)),
  ),
  createOpenIDConnectProvider: rowOf(
    allow('iam:CreateOpenIDConnectProvider', oidcProvider),
    allow('iam:TagOpenIDConnectProvider', oidcProvider, { when: 'Tags' }),
  ),
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
  addRoleToInstanceProfile: rowOf(
    allow('iam:AddRoleToInstanceProfile', arn('iam', 'instance-profile/{InstanceProfileName}', GLOBAL)),
    passRole('RoleName', 'ec2.amazonaws.com'),
  ),
};
