/** The parts of a link that each have a condition of their own. */
export type Leg =
  /** The role in the target account, without its policies. */
  'targetRole' | 'trustPolicy' | 'permissions' | 'executionRoleGrant' | 'stateMachineCredentials';
