/**
 * Who the operator is where it runs: a role that its pods get, and that may do nothing but act as the operator's roles in
 * the linked accounts.
 */
import type { PolicyDocument } from '../policy/document.ts';
import { allow, policy, trust } from './statements.ts';

/** A ServiceAccount of Kubernetes. */
interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/**
 * IRSA: the pods' tokens, as the cluster's OIDC provider issues them, for this one ServiceAccount.
 * https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 * @param issuer the provider's URL without `https://`
 */
export function irsaTrust(
  partition: string,
  accountId: string,
  issuer: string,
  { namespace, name }: ServiceAccount,
): PolicyDocument {
  const provider = `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}`;
  return policy([
    trust('ServiceAccountOfOperator', { Federated: [provider] }, ['sts:AssumeRoleWithWebIdentity'], {
      StringEquals: {
        [`${issuer}:aud`]: ['sts.amazonaws.com'],
        [`${issuer}:sub`]: [`system:serviceaccount:${namespace}:${name}`],
      },
    }),
  ]);
}

/**
 * EKS Pod Identity. The conditions are on the session tags that EKS sets: without those, an association of any pod in the
 * account will do.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 * @param serviceAccount left out where the association disables session tags
 */
export function podIdentityTrust(serviceAccount: ServiceAccount | undefined): PolicyDocument {
  const conditions = serviceAccount && {
    StringEquals: {
      'aws:RequestTag/kubernetes-namespace': [serviceAccount.namespace],
      'aws:RequestTag/kubernetes-service-account': [serviceAccount.name],
    },
  };
  const service = { Service: ['pods.eks.amazonaws.com'] };
  return policy([trust('PodIdentity', service, ['sts:AssumeRole', 'sts:TagSession'], conditions)]);
}

/** All that the operator's own identity needs. sts:TagSession: the tags of EKS Pod Identity are handed on. */
export function baseIdentityPolicy(roleArns: readonly string[]): PolicyDocument {
  return policy([allow('ActAsOperatorRoles', ['sts:AssumeRole', 'sts:TagSession'], roleArns)]);
}
