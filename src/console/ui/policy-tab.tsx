/** The permissions that a link's Tasks need. Read from AWS, so only when somebody asks. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PolicyView, StatementView } from '../model/contract.ts';
import type { Connection } from './connection.ts';
import { Empty } from './parts.tsx';

interface PolicyTabProps {
  readonly linkKey: string;
  readonly connection: Connection;
}

export function PolicyTab({ linkKey, connection }: PolicyTabProps) {
  const [policy, setPolicy] = useState<PolicyView | 'reading'>();
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const read = async () => {
    setPolicy('reading');
    try {
      setPolicy(await connection.policy(linkKey, stop.current.signal));
    } catch {
      setPolicy({ kind: 'unavailable', why: 'The console’s server does not answer.' });
    }
  };
  if (policy === undefined)
    return (
      <div class="ask">
        <p>
          The operator derives the role’s permissions from the state machine’s definition. To show them, and
          which Task needs which, the console reads the definition from AWS, with the AWS credentials of the
          shell that it was started in.
        </p>
        <button type="button" class="primary" onClick={() => void read()}>
          Read the definition
        </button>
      </div>
    );
  if (policy === 'reading') return <Empty>Reading the definition …</Empty>;
  if (policy.kind === 'unavailable')
    return (
      <div class="advice working">
        <p>{policy.why}</p>
        <p>
          If you have the definition as a file:{' '}
          <code>kubectl crossaccountlink permissions FILE --target-account ID</code>
        </p>
      </div>
    );
  return (
    <>
      {policy.remarks.map(({ task, message }) => (
        <div key={`${task}${message}`} class="advice working">
          <p>{message}</p>
        </div>
      ))}
      {policy.statements.length === 0 && <Empty>The Tasks need no permission.</Empty>}
      {policy.statements.map((statement) => (
        <Statement key={statement.sid} statement={statement} />
      ))}
    </>
  );
}

function Statement({ statement }: { readonly statement: StatementView }) {
  const { sid, actions, resources, conditions, tasks } = statement;
  return (
    <article class="change">
      <h4>
        Allow <span class="leg-what mono">{sid}</span>
      </h4>
      <ul class="plain mono">
        {actions.map((action) => (
          <li key={action}>{action}</li>
        ))}
      </ul>
      <p class="leg-what">on</p>
      <ul class="plain mono arn">
        {resources.map((resource) => (
          <li key={resource}>{resource}</li>
        ))}
      </ul>
      {conditions !== undefined && <p class="mono arn">if {conditions}</p>}
      <p class="leg-what">
        {tasks.length === 0 ? 'from the link’s own permissions.statements' : 'needed by'}
      </p>
      <ul class="tasks">
        {tasks.map((task) => (
          <li key={task}>{task}</li>
        ))}
      </ul>
    </article>
  );
}
