/** The parts of a link that each have a condition of their own. */
export type Leg =
  'targetRole' | 'trustPolicy' | 'permissions' | 'executionRoleGrant' | 'stateMachineCredentials';
