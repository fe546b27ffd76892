/** What can be seen of the operator's installation, for `check` and `version`. Whatever the caller may not read is left out. */
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

/** Of every Deployment of the operator, whatever its name. */
const OPERATOR_LABEL = 'app.kubernetes.io/name=crossaccountlink';

export interface CrdFact {
  readonly kind: string;
  /** Undefined where it is absent, or not to be read. */
  readonly object: JsonObject | undefined;
  readonly absent: boolean;
}

export interface InstallationFacts {
  readonly crds: readonly CrdFact[];
  readonly finding: InstallationFinding;
  /** Of the operator; undefined where they may not be listed. */
  readonly deployments: readonly JsonObject[] | undefined;
  /** Undefined where they may not be listed. */
  readonly accounts: readonly AWSAccount[] | undefined;
  /** Those about this API; undefined where they may not be listed. */
  readonly policies: readonly JsonObject[] | undefined;
  readonly policyBindings: readonly JsonObject[] | undefined;
}

type Client = Pick<KubernetesClient, 'get' | 'list'>;

/** Looks at everything at once. Throws ApiError where the cluster does not answer, or takes no credentials. */
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

/** All of a kind; undefined where they may not be listed or the cluster does not know the kind. */
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
