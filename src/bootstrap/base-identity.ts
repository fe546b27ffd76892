/** The operator's own identity: a role for its pods that may only assume the operator's roles in the linked accounts. */
import { policyOf, type PolicyDocument } from '../policy/document.ts';
import { allow, trust } from './statements.ts';

/** A ServiceAccount of Kubernetes. */
interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** The trust policy for IRSA: it trusts the tokens that the cluster's OIDC provider issues for this one ServiceAccount.
 *  https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 *  @param issuer the provider's URL without `https://` */
export function irsaTrust(
  partition: string,
  accountId: string,
  issuer: string,
  { namespace, name }: ServiceAccount,
): PolicyDocument {
  const provider = `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}`;
  return policyOf([
    trust('ServiceAccountOfOperator', { Federated: [provider] }, ['sts:AssumeRoleWithWebIdentity'], {
      StringEquals: {
        [`${issuer}:aud`]: ['sts.amazonaws.com'],
        [`${issuer}:sub`]: [`system:serviceaccount:${namespace}:${name}`],
      },
    }),
  ]);
}

/** The trust policy for EKS Pod Identity. Its conditions are on the session tags that EKS sets: without them, an association
 *  for any pod of the account would be enough. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 *  @param serviceAccount left out if the association disables session tags */
export function podIdentityTrust(serviceAccount: ServiceAccount | undefined): PolicyDocument {
  const conditions = serviceAccount && {
    StringEquals: {
      'aws:RequestTag/kubernetes-namespace': [serviceAccount.namespace],
      'aws:RequestTag/kubernetes-service-account': [serviceAccount.name],
    },
  };
  const service = { Service: ['pods.eks.amazonaws.com'] };
  return policyOf([trust('PodIdentity', service, ['sts:AssumeRole', 'sts:TagSession'], conditions)]);
}

/** Everything that the operator's own identity needs. sts:TagSession is for the tags of EKS Pod Identity, which are passed on. */
export function baseIdentityPolicy(roleArns: readonly string[]): PolicyDocument {
  return policyOf([allow('ActAsOperatorRoles', ['sts:AssumeRole', 'sts:TagSession'], roleArns)]);
}
