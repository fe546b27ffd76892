/** The contents of each tab of a link. */
import type { LegView, LinkDetail, PendingView } from '../model/contract.ts';
import { ago, count } from '../model/text.ts';
import { CopyButton, Diff, Empty, Mark } from './parts.tsx';

interface DetailProps {
  readonly detail: LinkDetail;
}

export function Legs({ detail, nameOf }: DetailProps & { readonly nameOf: (account: string) => string }) {
  const { legs, tasks, row, pending } = detail;
  const effective = detail.conditions.find(({ type }) => type === 'Effective');
  return (
    <>
      {pending !== undefined && pending.length > 0 && <Pending pending={pending} />}
      <ol class="legs">
        {legs.map((leg) => (
          <Leg key={leg.condition} leg={leg} account={nameOf(leg.account)} />
        ))}
        {effective !== undefined && (
          <li class="leg">
            <Mark state={STATES[effective.status]} />
            <div class="leg-body">
              <h3>Effective</h3>
              <p class="leg-what">whether IAM allows each call, by the policies that were read</p>
              <p class="leg-message">{effective.message}</p>
            </div>
          </li>
        )}
      </ol>
      <h3 class="section">{count(row.tasks, 'Task')} through this role</h3>
      {tasks.length === 0 ? (
        <Empty>None yet.</Empty>
      ) : (
        <ul class="tasks">
          {tasks.map((task) => (
            <li key={task}>{task}</li>
          ))}
          {row.tasks > tasks.length && <li class="more">and {row.tasks - tasks.length} more</li>}
        </ul>
      )}
    </>
  );
}

const STATES = { True: 'ready', False: 'trouble', Unknown: 'working' } as const;

function Leg({ leg, account }: { readonly leg: LegView; readonly account: string }) {
  return (
    <li class="leg">
      <Mark state={leg.state} />
      <div class="leg-body">
        <h3>
          {leg.title}
          <span class="leg-account">{account}</span>
          {leg.observed && <span class="tag">Observe</span>}
        </h3>
        <p class="leg-what">{leg.what}</p>
        {leg.state !== 'ready' && (
          <p class="leg-message">
            <b>{leg.reason}.</b> {leg.message}
          </p>
        )}
        {leg.object !== undefined && <p class="mono arn">{leg.object}</p>}
      </div>
    </li>
  );
}

function Pending({ pending }: { readonly pending: readonly PendingView[] }) {
  return (
    <div class="pending">
      <h3 class="section">Pending changes</h3>
      <p class="hint">The operator would write this, but the link or a leg of it only observes.</p>
      {pending.map((action, index) => (
        <article key={index} class="change">
          <h4>
            {action.operation} <span class="mono">{action.object}</span>
          </h4>
          <p class="leg-what">{action.reason}</p>
          {action.changes.map((change) => (
            <div key={change.path}>
              <p class="mono path">{change.path}</p>
              <Diff before={change.before} after={change.after} />
            </div>
          ))}
          {action.omittedChanges > 0 && (
            <p class="more">
              and {count(action.omittedChanges, 'change')} more: see kubectl crossaccountlink plan
            </p>
          )}
        </article>
      ))}
    </div>
  );
}

export function DriftTab({ detail, now }: DetailProps & { readonly now: number }) {
  const { drift, row } = detail;
  if (drift.length === 0) return <Empty>No drift was found since the link was created.</Empty>;
  const shown = row.drift > drift.length ? ` The last ${drift.length} are shown.` : '';
  return (
    <>
      <p class="hint">
        Found {row.drift === 1 ? 'once' : `${row.drift} times`} since the link was created.{shown} Lines with
        − were expected, lines with + were found.
      </p>
      {drift.map((each, index) => (
        <article key={`${each.timeMs} ${index}`} class="change">
          <h4>
            {each.field}
            <span class={each.repaired ? 'tag ready' : 'tag trouble'}>
              {each.repaired ? 'repaired' : 'not repaired'}
            </span>
            {each.timeMs !== undefined && (
              <time dateTime={new Date(each.timeMs).toISOString()}>{ago(each.timeMs, now)}</time>
            )}
          </h4>
          <p class="mono arn">{each.object}</p>
          <Diff before={each.expected} after={each.found} />
        </article>
      ))}
    </>
  );
}

export function History({ detail, now }: DetailProps & { readonly now: number }) {
  const { events, conditions } = detail;
  return (
    <>
      <h3 class="section">Conditions</h3>
      <ul class="conditions">
        {conditions.map((condition) => (
          <li key={condition.type}>
            <span class={`state ${STATES[condition.status]}`}>{condition.status}</span>
            <div>
              <b>{condition.type}</b> <span class="leg-what">{condition.reason}</span>
              <p>{condition.message}</p>
            </div>
            {condition.sinceMs !== undefined && <time>{ago(condition.sinceMs, now)}</time>}
          </li>
        ))}
      </ul>
      <h3 class="section">Events</h3>
      {events.length === 0 && <Empty>No Events. Kubernetes keeps them for an hour by default.</Empty>}
      <ul class="conditions">
        {events.map((event, index) => (
          <li key={index}>
            <span class={event.type === 'Warning' ? 'state trouble' : 'state ready'}>{event.type}</span>
            <div>
              <b>{event.reason}</b> {event.count > 1 && <span class="leg-what">{event.count} times</span>}
              <p>{event.message}</p>
            </div>
            <time>{ago(event.lastMs, now)}</time>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Commands({ detail }: DetailProps) {
  return (
    <>
      <ul class="commands">
        {detail.commands.map(({ title, command }) => (
          <li key={title}>
            <span>{title}</span>
            <code>{command}</code>
            <CopyButton text={command} label={title} />
          </li>
        ))}
      </ul>
      <h3 class="section">Facts</h3>
      <dl class="facts">
        {detail.facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
