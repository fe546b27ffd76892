/** Calls that name a thing only by its ID, most of them about its tags: the beginning of the ID, or another parameter, says what
 *  the thing is. */
import { allow, CALLBACK, rowOn } from '../../row.ts';
import type { ServiceTable } from '../../row.ts';
import { readEach, unreadable } from '../../reading.ts';
import { arn, namedArn, parsed, wholeArn } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { parameter } from './secrets-and-parameters.ts';
import { machines, owned } from './systems-manager.ts';

const ID = 'ResourceId';

/** A thing of one of these types, by the beginning of its ID, or by its ARN. Longer beginnings come first. */
function byBeginning(
  service: string,
  types: readonly (readonly [beginning: string, type: string])[],
): Resource {
  const forms = types.map(([, type]) => `arn:*:${service}:*:*:${type}/*`);
  return parsed(ID, forms, (id, { place }) => {
    if (id.startsWith('arn:')) return wholeArn(id, forms);
    const [, type] = types.find(([beginning]) => id.startsWith(beginning)) ?? [];
    const { partition, region, accountId } = place;
    return type === undefined
      ? undefined
      : namedArn(`arn:${partition}:${service}:${region}:${accountId}:${type}/`, id);
  });
}

/** A thing of the type that `ResourceType` names. */
function byType(kinds: ReadonlyMap<string, Resource>): Resource {
  return {
    types: [...kinds.values()].flatMap(({ types }) => types),
    read: (call) =>
      readEach(
        call,
        'ResourceType',
        (type) => kinds.get(type)?.read(call) ?? unreadable('ResourceType', type),
      ),
  };
}

// https://docs.aws.amazon.com/efs/latest/ug/API_TagResource.html
const inFileSystems = byBeginning('elasticfilesystem', [
  ['fsap-', 'access-point'],
  ['fs-', 'file-system'],
]);

export const fileSystemTags: ServiceTable = {
  listTagsForResource: rowOn('elasticfilesystem:ListTagsForResource', inFileSystems),
  tagResource: rowOn('elasticfilesystem:TagResource', inFileSystems),
  untagResource: rowOn('elasticfilesystem:UntagResource', inFileSystems),
};

// https://docs.aws.amazon.com/emr/latest/APIReference/API_AddTags.html
const inClusters = byBeginning('elasticmapreduce', [
  ['es-', 'studio'],
  ['e-', 'editor'],
  ['j-', 'cluster'],
]);

// https://docs.aws.amazon.com/emr/latest/APIReference/API_StartNotebookExecution.html
export const emrOperations: ServiceTable = {
  startNotebookExecution: {
    patterns: CALLBACK,
    call: [
      allow(
        'elasticmapreduce:StartNotebookExecution',
        arn('elasticmapreduce', 'cluster/{ExecutionEngine.Id}'),
      ),
      allow('elasticmapreduce:StartNotebookExecution', arn('elasticmapreduce', 'editor/{EditorId}'), {
        when: 'EditorId',
      }),
    ],
  },
  addTags: rowOn('elasticmapreduce:AddTags', inClusters),
  removeTags: rowOn('elasticmapreduce:RemoveTags', inClusters),
};

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
function inRoute53(named: string): Resource {
  const kinds = ['healthcheck', 'hostedzone'].map((kind): [string, Resource] => [
    kind,
    arn('route53', `${kind}/{${named}}`, { global: true, anyAccount: true }),
  ]);
  return byType(new Map(kinds));
}

export const route53Tags: ServiceTable = {
  changeTagsForResource: rowOn('route53:ChangeTagsForResource', inRoute53(ID)),
  listTagsForResource: rowOn('route53:ListTagsForResource', inRoute53(ID)),
  listTagsForResources: rowOn('route53:ListTagsForResources', inRoute53('ResourceIds[]')),
};

/** The part after `opsmetadata` in the ARN, with or without a slash before it: `/aws/ssm/MyGroup/appmanager`. */
const metadata = parsed(ID, ['arn:*:ssm:*:*:opsmetadata/*'], (id, { place }) => {
  const { partition, region, accountId } = place;
  return id.startsWith('arn:')
    ? wholeArn(id, 'arn:*:ssm:*:*:opsmetadata/*')
    : namedArn(`arn:${partition}:ssm:${region}:${accountId}:opsmetadata/`, id.replace(/^\//, ''));
});

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
const inSystemsManager = byType(
  new Map([
    ['Association', arn('ssm', `association/{${ID}}`)],
    ['Automation', arn('ssm', `automation-execution/{${ID}}`)],
    ['Document', owned(ID, 'document')],
    ['MaintenanceWindow', arn('ssm', `maintenancewindow/{${ID}}`)],
    ['ManagedInstance', machines(ID)],
    ['OpsItem', arn('ssm', `opsitem/{${ID}}`)],
    ['OpsMetadata', metadata],
    ['Parameter', parameter(ID)],
    ['PatchBaseline', arn('ssm', `patchbaseline/{${ID}}`)],
  ]),
);

export const systemsManagerTags: ServiceTable = {
  addTagsToResource: rowOn('ssm:AddTagsToResource', inSystemsManager),
  listTagsForResource: rowOn('ssm:ListTagsForResource', inSystemsManager),
  removeTagsFromResource: rowOn('ssm:RemoveTagsFromResource', inSystemsManager),
};
