/**
 * Labels of the drift counters: the kind of object and the field, without any name that people chose, so that their number is
 * limited.
 */

/** The roots of the paths that plans name, by kind of object. */
const FIELDS = {
  role: [
    'role',
    'trustPolicy',
    'inlinePolicies',
    'managedPolicies',
    'permissionsBoundary',
    'description',
    'tags',
    'instanceProfiles',
  ],
  stateMachine: ['Credentials'],
} as const;

interface DriftLabels {
  readonly object: string;
  readonly field: string;
}

/** Every pair of labels that {@link driftLabels} gives. */
export const ALL_DRIFT_LABELS: readonly DriftLabels[] = Object.entries(FIELDS).flatMap(([object, fields]) =>
  [...fields, 'other'].map((field) => ({ object, field })),
);

/** The labels for a drifted field.
 *  @param object ARN of the object
 *  @param path as in `trustPolicy.Statement[Link].Effect` or `States["Charge card"].Credentials.RoleArn` */
export function driftLabels(object: string, path: string): DriftLabels {
  const kind = object.includes(':stateMachine:') ? 'stateMachine' : 'role';
  const root = /^[A-Za-z]+/.exec(path)?.[0];
  const name = root === 'States' ? 'Credentials' : root;
  return { object: kind, field: FIELDS[kind].find((field) => field === name) ?? 'other' };
}
