/**
 * State machines that are Kubernetes objects: of AWS Controllers for Kubernetes, and of Crossplane's provider.
 * https://aws-controllers-k8s.github.io/community/reference/sfn/v1alpha1/statemachine/
 * https://marketplace.upbound.io/providers/upbound/provider-aws-sfn
 */
import { isJsonArray, memberOf, type Json } from '../../base/json.ts';
import type { FoundMachine } from './machines-in.ts';

export function isManifest(document: Json): boolean {
  return (
    typeof memberOf(document, 'apiVersion') === 'string' && typeof memberOf(document, 'kind') === 'string'
  );
}

export function machinesInManifest(document: Json): FoundMachine[] {
  const items = memberOf(document, 'items');
  if (isJsonArray(items)) return items.flatMap(machinesInManifest);
  if (memberOf(document, 'kind') !== 'StateMachine') return [];
  const name = String(memberOf(memberOf(document, 'metadata'), 'name') ?? '');
  const spec = memberOf(document, 'spec');
  const definition = memberOf(spec, 'definition') ?? memberOf(memberOf(spec, 'forProvider'), 'definition');
  return [typeof definition === 'string' ? { name, definition } : { name, problem: 'it has no definition' }];
}
