/**
 * Pairs of services that share a prefix in IAM, most of them an older and a newer generation. The reference has a page for each,
 * and the table here has both under the one prefix: this says which ARNs belong to which.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { ArnForm, IamAction } from '../iam-data.ts';
import type { OperationUse } from '../operations.ts';

const LEX_V1 = /^(?:bot|bot-channel|intent|slottype):/;
const LEX_V2 = /^(?:bot|bot-alias|test-set)\//;

/** By SDK service: the beginning of the resource in ARNs that may be its own. */
const OWN_RESOURCES: ReadonlyMap<string, RegExp> = new Map([
  ['elasticloadbalancing', /^loadbalancer\/\{/],
  ['elasticloadbalancingv2', /^(?!loadbalancer\/\{)/],
  ['greengrass', /^(?:\/|thing\/)/],
  ['greengrassv2', /^(?:components:|coreDevices:|deployments:|\/greengrass\/things\/)/],
  ['lexmodelbuildingservice', LEX_V1],
  ['lexmodelsv2', LEX_V2],
  ['lexruntimeservice', LEX_V1],
  ['lexruntimev2', LEX_V2],
]);

/** The action's types of resource without those of the service that shares its prefix. */
export function ownTypes({ resourceTypes }: IamAction, service: string): IamAction['resourceTypes'] {
  return resourceTypes.flatMap((type) => {
    const arns = type.arns.filter((form) => isOwn(form, service));
    return arns.length === 0 ? [] : [{ ...type, arns }];
  });
}

/** The same for what an operation acts on. */
export function ownUses(uses: readonly OperationUse[], service: string): OperationUse[] {
  return uses.flatMap((use) => {
    const forms = use.forms.filter(({ form }) => isOwn(form, service));
    return forms.length === 0 ? [] : [{ ...use, forms }];
  });
}

function isOwn({ resource }: ArnForm, service: string): boolean {
  return OWN_RESOURCES.get(service)?.test(resource) !== false;
}
