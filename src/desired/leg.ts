/** The parts of a link that each have a condition of their own. */
export type Leg =
  /** The role in the target account, but for its policies. */
  'targetRole' | 'trustPolicy' | 'permissions' | 'executionRoleGrant' | 'stateMachineCredentials';
