/** Commands worth copying, for a link as it is now. */
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { CommandView, Tone } from './contract.ts';

/** Commands for a link. Its name needs no quoting: the API server allows nothing in names that a shell would interpret. */
export function commandsFor(
  { metadata, spec }: Pick<CrossAccountLink, 'metadata' | 'spec'>,
  tone: Tone,
): readonly CommandView[] {
  const { namespace, name } = metadata;
  const suspended = spec.suspend === true;
  const deleting = metadata.deletionTimestamp !== undefined;
  const verb = (word: string) => `kubectl crossaccountlink ${word} ${name} -n ${namespace}`;
  return [
    { title: 'Why it is not Ready, and what to do first', command: verb('check'), when: tone !== 'ready' },
    { title: 'What the operator would change in AWS', command: verb('plan'), when: true },
    { title: 'Check and repair now', command: verb('reconcile'), when: !suspended },
    { title: 'Resume checks and repairs', command: verb('resume'), when: suspended },
    { title: 'Suspend checks and repairs', command: verb('suspend'), when: !suspended && !deleting },
    {
      title: 'Delete the link and leave AWS as it is',
      command: `kubectl annotate xal ${name} -n ${namespace} crossaccountlink.dev/abandon=true`,
      when: deleting,
    },
    { title: 'Show the object', command: `kubectl get xal ${name} -n ${namespace} -o yaml`, when: true },
  ]
    .filter(({ when }) => when)
    .map(({ title, command }) => ({ title, command }));
}
