/** Cloud Control and tagging: operations that make calls of any other service with the caller's rights. */
import { splitArn } from '../../../../arn/parts.ts';
import { readParameters } from '../../../parameters.ts';
import type { Task } from '../../../task.ts';
import { findIamAction } from '../../iam-data.ts';
import { allow, CALLBACK, note } from '../../row.ts';
import type { Note, Permission, Row, ServiceTable } from '../../row.ts';
import { join, undetermined } from '../../reading.ts';
import { everything, wholeArn } from '../../resources.ts';
import type { Resource } from '../../reading.ts';

const HANDLERS = note(
  'CallerPermissionsNeeded',
  'without RoleArn, Cloud Control makes the resource type’s own calls with the target role’s permissions, which the definition does not show: pass a RoleArn, or add statements',
  { unless: ['RoleArn'] },
);

function handled(action: string): Row {
  return { patterns: CALLBACK, call: [allow(`cloudformation:${action}`, everything)], notes: [HANDLERS] };
}

/** https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html */
export const cloudControl: ServiceTable = {
  createResource: handled('CreateResource'),
  deleteResource: handled('DeleteResource'),
  getResource: handled('GetResource'),
  listResources: handled('ListResources'),
  updateResource: handled('UpdateResource'),
};

type Tagging = 'tag' | 'untag';

const USUAL_ACTIONS: Readonly<Record<Tagging, string>> = { tag: 'TagResource', untag: 'UntagResource' };

/** The tagging actions of services that do not call them TagResource and UntagResource. */
const TAG_ACTIONS: Readonly<Record<string, Readonly<Record<Tagging, string>>>> = {
  autoscaling: { tag: 'CreateOrUpdateTags', untag: 'DeleteTags' },
  cloudformation: { tag: 'UpdateStack', untag: 'UpdateStack' },
  ec2: { tag: 'CreateTags', untag: 'DeleteTags' },
  elasticloadbalancing: { tag: 'AddTags', untag: 'RemoveTags' },
  elasticmapreduce: { tag: 'AddTags', untag: 'RemoveTags' },
  kinesis: { tag: 'AddTagsToStream', untag: 'RemoveTagsFromStream' },
  rds: { tag: 'AddTagsToResource', untag: 'RemoveTagsFromResource' },
  redshift: { tag: 'CreateTags', untag: 'DeleteTags' },
  route53: { tag: 'ChangeTagsForResource', untag: 'ChangeTagsForResource' },
  s3: { tag: 'PutBucketTagging', untag: 'PutBucketTagging' },
  sagemaker: { tag: 'AddTags', untag: 'DeleteTags' },
  sqs: { tag: 'TagQueue', untag: 'UntagQueue' },
  ssm: { tag: 'AddTagsToResource', untag: 'RemoveTagsFromResource' },
};

function tagAction(service: string, tagging: Tagging): string | undefined {
  const own = Object.hasOwn(TAG_ACTIONS, service) ? TAG_ACTIONS[service] : undefined;
  const name = (own ?? USUAL_ACTIONS)[tagging];
  return findIamAction(service, name) && `${service}:${name}`;
}

const LIST = 'ResourceARNList[]';

/** The tag permissions of the services whose resources the call lists. */
export function taggingPermissions(task: Task, tagging: Tagging): Permission[] {
  const texts = readParameters(task, LIST).flatMap((value) => (value.kind === 'text' ? [value.text] : []));
  const services = new Set(texts.map((text) => splitArn(text).service));
  return [...services].flatMap((service) => {
    const action = tagAction(service, tagging);
    return action === undefined ? [] : [allow(action, listedOf(service))];
  });
}

function listedOf(service: string): Resource {
  const type = `arn:*:${service}:*:*:*`;
  return {
    types: [type],
    read: ({ task }) =>
      join(
        readParameters(task, LIST).flatMap((value) => {
          if (value.kind !== 'text' || splitArn(value.text).service !== service) return [];
          const stated = statedAs(value.text);
          return stated === undefined
            ? [undetermined(LIST, 'does not name one')]
            : [{ arns: [stated], unknown: [] }];
        }),
      ),
  };
}

function statedAs(text: string): ReturnType<typeof wholeArn> {
  const { service, resource } = splitArn(text);
  const type = `arn:*:${service}:*:*:${resource.includes('/') ? '*/*' : '*'}`;
  return wholeArn(text, type, { global: true, anyAccount: true });
}

const ALSO_OWN_ACTION: Note = note(
  'CallerPermissionsNeeded',
  'also needs each service’s own tagging action, such as sqs:TagQueue: those for the ARNs in the parameters are in the policy; add statements for others',
);

/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html */
export const taggingOperations: ServiceTable = {
  tagResources: {
    patterns: CALLBACK,
    call: [allow('tag:TagResources', everything)],
    notes: [ALSO_OWN_ACTION],
  },
  untagResources: {
    patterns: CALLBACK,
    call: [allow('tag:UntagResources', everything)],
    notes: [ALSO_OWN_ACTION],
  },
};
