/** Two clusters may work on the same accounts: whose operator, and whose laws. */
import type { Caller } from './aws-model.ts';
import { CLUSTER_ID, NEIGHBOUR_ID } from './scenery.ts';

export interface Whose {
  /** As whom AWS knows its operator. */
  readonly caller: Caller;
  readonly clusterId: string;
}

export const OPERATORS: Whose = { caller: 'operator', clusterId: CLUSTER_ID };
export const NEIGHBOURS: Whose = { caller: 'neighbour', clusterId: NEIGHBOUR_ID };
