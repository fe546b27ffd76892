/**
 * State machines that are Kubernetes objects: of AWS Controllers for Kubernetes, and of Crossplane's provider.
 * https://aws-controllers-k8s.github.io/community/reference/sfn/v1alpha1/statemachine/
 * https://marketplace.upbound.io/providers/upbound/provider-aws-sfn
 */
import { isArray, member } from '../json.ts';
import type { Json } from '../task.ts';
import type { FoundMachine } from './machines-in.ts';

export function isManifest(document: Json): boolean {
  return typeof member(document, 'apiVersion') === 'string' && typeof member(document, 'kind') === 'string';
}

export function machinesInManifest(document: Json): FoundMachine[] {
  const items = member(document, 'items');
  if (isArray(items)) return items.flatMap(machinesInManifest);
  if (member(document, 'kind') !== 'StateMachine') return [];
  const name = String(member(member(document, 'metadata'), 'name') ?? '');
  const spec = member(document, 'spec');
  const definition = member(spec, 'definition') ?? member(member(spec, 'forProvider'), 'definition');
  return [typeof definition === 'string' ? { name, definition } : { name, problem: 'it has no definition' }];
}
