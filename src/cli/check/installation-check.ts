/** Is the operator installed as it should be, and working? One line for each part, with the first thing to do. */
import { numberAt, objectAt, type JsonObject } from '../../base/json.ts';
import { parseMetadata } from '../../kubernetes/metadata.ts';
import { checkAccounts, checkEvents } from './accounts-check.ts';
import { checkAdmission } from './admission-check.ts';
import { agoOf, podOf, whyNoneLeads, type Installation } from './installation.ts';
import { checkCrds } from './crd-check.ts';
import { INSTALL, type PartCheck } from './part-check.ts';
import type { InstallationFacts } from './installation-facts.ts';

/** What the facts are compared with. */
interface Viewpoint {
  /** This client's version. */
  readonly version: string;
  readonly nowMs: number;
}

const VERSION_LABEL = 'app.kubernetes.io/version';

/** All parts of the installation, each after those that it needs. */
export function checkInstallation(facts: InstallationFacts, view: Viewpoint): readonly PartCheck[] {
  return [
    checkCrds(facts.crds),
    ...(facts.crds.every(({ absent }) => absent)
      ? []
      : [
          ...checkOperator(facts, view),
          checkVersions(facts, view),
          ...checkAccounts(facts.accounts),
          ...checkEvents(facts.accounts),
          checkAdmission(facts),
        ]),
  ];
}

function checkOperator({ finding, deployments }: InstallationFacts, view: Viewpoint): readonly PartCheck[] {
  switch (finding.kind) {
    case 'unseen':
      return [{ subject: 'operator', state: 'unseen', message: 'you may not read its Lease' }];
    case 'none':
      return [
        {
          subject: 'operator',
          state: 'failure',
          message:
            'no operator has ever been the leader in this cluster, unless it runs without --leader-elect',
          remedy: INSTALL,
        },
        ...checkDeployments(deployments, undefined),
      ];
    case 'several': {
      const places = finding.installations.map(
        ({ namespace, clusterId }) => `${namespace} (${clusterId ?? '?'})`,
      );
      return [
        {
          subject: 'operator',
          state: 'attention',
          message: `several are installed, in the namespaces ${places.join(', ')}`,
          remedy: 'Keep one: each serves all namespaces, and they would write the same statuses.',
        },
      ];
    }
    case 'found': {
      const { installation } = finding;
      return [
        ...checkDeployments(deployments, installation.namespace),
        checkLeader(installation, view),
        checkClusterId(installation),
      ];
    }
  }
}

function checkDeployments(
  deployments: readonly JsonObject[] | undefined,
  namespace: string | undefined,
): readonly PartCheck[] {
  const subject = 'replicas';
  if (deployments === undefined)
    return [{ subject, state: 'unseen', message: 'you may not list Deployments' }];
  const own = deployments.filter(
    (object) => namespace === undefined || parseMetadata(object).namespace === namespace,
  );
  if (own.length === 0 && namespace === undefined) return [];
  if (own.length === 0) {
    const message = `no Deployment with the operator’s label is in namespace ${namespace}`;
    return [
      { subject, state: 'attention', message, remedy: 'See how it is run: the leader is shown below.' },
    ];
  }
  return own.map((object) => {
    const { namespace: where = '', name } = parseMetadata(object);
    const wanted = numberAt(objectAt(object, 'spec'), 'replicas') ?? 1;
    const ready = numberAt(objectAt(object, 'status'), 'readyReplicas') ?? 0;
    const message = `${ready} of ${wanted} ready (Deployment ${where}/${name})`;
    if (wanted === 0)
      return {
        subject,
        state: 'failure',
        message,
        remedy: `Scale it up: kubectl -n ${where} scale deployment ${name} --replicas=2`,
      };
    if (ready < wanted)
      return {
        subject,
        state: ready === 0 ? 'failure' : 'attention',
        message,
        remedy: `See why: kubectl -n ${where} describe pods -l app.kubernetes.io/name=crossaccountlink`,
      };
    return { subject, state: 'ok', message };
  });
}

function checkLeader(
  { namespace, leader, renewTime, leaseSeconds }: Installation,
  { nowMs }: Viewpoint,
): PartCheck {
  const subject = 'leader';
  const why = whyNoneLeads({ namespace, leader, renewTime, leaseSeconds }, nowMs);
  const remedy = `See why none leads: kubectl -n ${namespace} logs -l app.kubernetes.io/name=crossaccountlink --tail=20`;
  if (why !== undefined) return { subject, state: 'failure', message: why, remedy };
  const message = `${podOf(leader)} in namespace ${namespace}, renewed ${agoOf(renewTime, nowMs)} ago`;
  return { subject, state: 'ok', message };
}

function checkClusterId({ clusterId }: Installation): PartCheck {
  const subject = 'cluster ID';
  return clusterId === undefined
    ? {
        subject,
        state: 'attention',
        message: 'not published by the operator that leads',
        remedy: 'Upgrade the operator to this client’s version, or give plan the ID by --cluster-id.',
      }
    : { subject, state: 'ok', message: clusterId };
}

function checkVersions({ finding, crds, deployments }: InstallationFacts, { version }: Viewpoint): PartCheck {
  const subject = 'versions';
  const operator = operatorVersion({ finding, deployments });
  const crd = crds.flatMap(({ object }) =>
    object === undefined ? [] : (parseMetadata(object).labels[VERSION_LABEL] ?? []),
  )[0];
  const message = [
    `client ${version}`,
    `operator ${operator ?? 'not seen'}`,
    ...(crd === undefined ? [] : [`CRDs ${crd}`]),
  ].join(', ');
  if (operator === undefined) return { subject, state: 'unseen', message };
  if (crd !== undefined && minor(crd) !== minor(operator))
    return { subject, state: 'attention', message, remedy: 'Upgrade the CRDs and the operator together.' };
  if (minor(version) !== minor(operator))
    return {
      subject,
      state: 'attention',
      message,
      remedy: `Install the plugin of version ${operator}: what this one shows may not be what the operator does.`,
    };
  return { subject, state: 'ok', message };
}

/** The version of the leading operator or, if none leads, of the deployed one. */
export function operatorVersion({
  finding,
  deployments,
}: Pick<InstallationFacts, 'finding' | 'deployments'>): string | undefined {
  if (finding.kind === 'found' && finding.installation.version !== undefined)
    return finding.installation.version;
  const labels = (deployments ?? []).flatMap((object) => parseMetadata(object).labels[VERSION_LABEL] ?? []);
  return labels[0];
}

/** Clients and operators of one minor version understand each other. */
function minor(version: string): string {
  return /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
}
