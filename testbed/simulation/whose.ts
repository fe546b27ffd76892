/** Two clusters may work on the same accounts: which operator is meant, and whose laws are judged. */
import type { Caller } from './aws-model.ts';
import { CLUSTER_ID, NEIGHBOUR_ID } from './scenery.ts';

export interface Whose {
  /** The caller as which AWS knows the operator. */
  readonly caller: Caller;
  readonly clusterId: string;
}

export const OPERATORS: Whose = { caller: 'operator', clusterId: CLUSTER_ID };
export const NEIGHBOURS: Whose = { caller: 'neighbour', clusterId: NEIGHBOUR_ID };
