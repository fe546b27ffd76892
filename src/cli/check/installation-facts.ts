/** What can be read of the operator's installation, for `check` and `version`. What the caller may not read is left out. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { GROUP } from '../../api/metadata.ts';
import { objectAt, type JsonObject } from '../../base/json.ts';
import { isForbidden, isNotFound } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import type { ResourceType } from '../../kubernetes/metadata.ts';
import { findInstallation, type InstallationFinding } from './installation.ts';

const CRD: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
};
const DEPLOYMENT: ResourceType = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' };
const POLICY: ResourceType = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
};
const POLICY_BINDING: ResourceType = {
  ...POLICY,
  plural: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
};

/** On every Deployment of the operator, whatever its name. */
const OPERATOR_LABEL = 'app.kubernetes.io/name=crossaccountlink';

export interface CrdFact {
  readonly kind: string;
  /** Undefined if it does not exist, or may not be read. */
  readonly object: JsonObject | undefined;
  readonly absent: boolean;
}

export interface InstallationFacts {
  readonly crds: readonly CrdFact[];
  readonly finding: InstallationFinding;
  /** The operator's; undefined if they may not be listed. */
  readonly deployments: readonly JsonObject[] | undefined;
  /** Undefined if they may not be listed. */
  readonly accounts: readonly AWSAccount[] | undefined;
  /** Those about this API; undefined if they may not be listed. */
  readonly policies: readonly JsonObject[] | undefined;
  readonly policyBindings: readonly JsonObject[] | undefined;
}

type Client = Pick<KubernetesClient, 'get' | 'list'>;

/** Reads everything at once.
 *  @throws ApiError if the cluster does not answer, or does not accept the credentials */
export async function gatherFacts(client: Client): Promise<InstallationFacts> {
  const [links, accountCrd, finding, deployments, accounts, policies, policyBindings] = await Promise.all([
    crdFact(client, CROSS_ACCOUNT_LINK),
    crdFact(client, AWS_ACCOUNT),
    findInstallation(client),
    listed(client, DEPLOYMENT, OPERATOR_LABEL),
    listed(client, AWS_ACCOUNT),
    listed(client, POLICY),
    listed(client, POLICY_BINDING),
  ]);
  return {
    crds: [links, accountCrd],
    finding,
    deployments,
    accounts: accounts?.map(parseAWSAccount),
    policies: policies?.filter(isOfThisApi),
    policyBindings,
  };
}

async function crdFact(client: Client, { kind, plural }: ResourceType): Promise<CrdFact> {
  try {
    return { kind, object: await client.get(CRD, { name: `${plural}.${GROUP}` }), absent: false };
  } catch (error) {
    if (isForbidden(error)) return { kind, object: undefined, absent: false };
    if (isNotFound(error)) return { kind, object: undefined, absent: true };
    throw error;
  }
}

/** All objects of a kind; undefined if they may not be listed, or the cluster does not know the kind. */
async function listed(
  client: Client,
  resource: ResourceType,
  labelSelector?: string,
): Promise<readonly JsonObject[] | undefined> {
  try {
    return await listAll(client, resource, { labelSelector });
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
}

function isOfThisApi(policy: JsonObject): boolean {
  const { resourceRules } = objectAt(objectAt(policy, 'spec'), 'matchConstraints');
  return JSON.stringify(resourceRules ?? []).includes(`"${GROUP}"`);
}
