/** The fleet at a glance. */
import type { LinkRow } from '../model/contract.ts';
import type { Fleet } from '../model/fleet.ts';
import {
  accountSummaries,
  driftOverTime,
  needPerson,
  reasonCounts,
  type AccountSummary,
  type Bucket,
} from '../model/overview.ts';
import { routeHash } from '../model/route.ts';
import { ago, count } from '../model/text.ts';
import { countTones, TONE_NAMES, TONES } from '../model/tones.ts';
import { Dot, Empty, Shares } from './parts.tsx';

interface OverviewProps {
  readonly fleet: Fleet;
  readonly now: number;
  readonly onReason: (reason: string) => void;
}

const DAY_MS = 86_400_000;
const MOST_URGENT = 12;

export function Overview({ fleet, now, onReason }: OverviewProps) {
  const links = [...fleet.links.values()];
  return (
    <div class="overview">
      <Ready links={links} />
      <Reasons links={links} onReason={onReason} />
      <Drift links={links} now={now} />
      <Urgent links={links} now={now} />
      <Accounts accounts={accountSummaries(fleet)} now={now} />
    </div>
  );
}

function Ready({ links }: { readonly links: readonly LinkRow[] }) {
  const counts = countTones(links);
  const share = links.length === 0 ? undefined : counts.ready / links.length;
  return (
    <section class="card ready-card" aria-labelledby="ready-title">
      <h2 id="ready-title">Ready</h2>
      <Ring share={share} label={`${counts.ready} of ${links.length}`} />
      <ul class="tallies">
        {TONES.toReversed().map((tone) => (
          <li key={tone}>
            <Dot tone={tone} />
            {TONE_NAMES[tone]} <b>{counts[tone]}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

const RING = 2 * Math.PI * 52;

/** @param share undefined if there are no links */
function Ring({ share, label }: { readonly share: number | undefined; readonly label: string }) {
  return (
    <svg class="ring" viewBox="0 0 128 128" role="img" aria-label={`Ready: ${label}`}>
      <circle class="ring-back" cx="64" cy="64" r="52" />
      {/* Nothing of it would still show its round end. */}
      {share !== undefined && share > 0 && (
        <circle
          class="ring-front"
          cx="64"
          cy="64"
          r="52"
          stroke-dasharray={`${RING * share} ${RING}`}
          transform="rotate(-90 64 64)"
        />
      )}
      <text x="64" y="63" class="ring-number">
        {share === undefined ? '–' : `${Math.floor(share * 100)}%`}
      </text>
      <text x="64" y="82" class="ring-label">
        {label}
      </text>
    </svg>
  );
}

function Reasons({
  links,
  onReason,
}: {
  readonly links: readonly LinkRow[];
  readonly onReason: (reason: string) => void;
}) {
  const reasons = reasonCounts(links);
  const most = Math.max(...reasons.map((each) => each.count), 1);
  return (
    <section class="card" aria-labelledby="reasons-title">
      <h2 id="reasons-title">Reasons</h2>
      {reasons.length === 0 && <Empty>There are no links yet.</Empty>}
      <ul class="bars">
        {reasons.map(({ reason, tone, count: number }) => (
          <li key={`${tone}${reason}`}>
            <button type="button" onClick={() => onReason(reason)} title={`Show ${reason} on the map`}>
              <span class="bar-label">
                <Dot tone={tone} />
                <span>{reason}</span>
              </span>
              <span class="bar-track" aria-hidden="true">
                <span class={`bar ${tone}`} style={{ width: `${Math.max((number / most) * 100, 1.5)}%` }} />
              </span>
              <b>{number}</b>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Drift({ links, now }: { readonly links: readonly LinkRow[]; readonly now: number }) {
  const buckets = driftOverTime(links, { nowMs: now, spanMs: DAY_MS, buckets: 48 });
  const total = links.reduce((sum, { drift }) => sum + drift, 0);
  const recent = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return (
    <section class="card" aria-labelledby="drift-title">
      <h2 id="drift-title">
        Drift <span class="card-hint">last 24 hours</span>
      </h2>
      <Histogram buckets={buckets} label={`${count(recent, 'drift')} in the last 24 hours`} />
      <p class="hint">
        <b>{recent}</b> in the last 24 hours, <b>{total}</b> since the links were created.
      </p>
    </section>
  );
}

function Histogram({ buckets, label }: { readonly buckets: readonly Bucket[]; readonly label: string }) {
  const most = Math.max(...buckets.map((bucket) => bucket.count), 3);
  const step = 480 / buckets.length;
  return (
    <svg class="histogram" viewBox="0 0 480 120" role="img" aria-label={label} preserveAspectRatio="none">
      {buckets.map(({ startMs, count: number }, index) => {
        const height = number === 0 ? 2 : (number / most) * 112;
        return (
          <rect
            key={startMs}
            class={number === 0 ? 'none' : 'some'}
            x={index * step + 1}
            y={118 - height}
            width={step - 2}
            height={height}
            rx="1.5"
          />
        );
      })}
    </svg>
  );
}

function Urgent({ links, now }: { readonly links: readonly LinkRow[]; readonly now: number }) {
  const urgent = needPerson(links);
  return (
    <section class="card wide" aria-labelledby="urgent-title">
      <h2 id="urgent-title">
        Needs a person <span class="card-hint">{urgent.length === 0 ? '' : 'longest waiting first'}</span>
      </h2>
      {urgent.length === 0 && <Empty>No link needs a person.</Empty>}
      <ul class="urgent">
        {urgent.slice(0, MOST_URGENT).map((row) => (
          <li key={row.key}>
            <a href={routeHash({ view: 'map', link: row.key })}>
              <span class="urgent-name">
                <Dot tone={row.tone} />
                {row.key}
                <span class="tag trouble">{row.reason}</span>
              </span>
              <span class="urgent-message">{row.message}</span>
              {row.sinceMs !== undefined && <time>{ago(row.sinceMs, now)}</time>}
            </a>
          </li>
        ))}
      </ul>
      {urgent.length > MOST_URGENT && <p class="hint">and {urgent.length - MOST_URGENT} more on the map</p>}
    </section>
  );
}

function Accounts({ accounts, now }: { readonly accounts: readonly AccountSummary[]; readonly now: number }) {
  return (
    <section class="card wide" aria-labelledby="accounts-title">
      <h2 id="accounts-title">Accounts</h2>
      {accounts.length === 0 && <Empty>There are no accounts to show.</Empty>}
      <div class="table-scroll" tabIndex={0} role="group" aria-label="Table of accounts">
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Connection</th>
              <th scope="col">Links</th>
              <th scope="col">Last check</th>
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <AccountLine key={account.name ?? account.account} summary={account} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function AccountLine({ summary, now }: { readonly summary: AccountSummary; readonly now: number }) {
  const { account, name, row, links } = summary;
  const total = TONES.reduce((sum, tone) => sum + links[tone], 0);
  return (
    <tr>
      <th scope="row">
        {name ?? account}
        {name !== undefined && <span class="mono sub">{account}</span>}
      </th>
      <td>
        {row === undefined ? (
          <span class="leg-what">no AWSAccount to see</span>
        ) : (
          <>
            <span class="reach">
              <Dot tone={row.tone} />
              {row.reason}
            </span>
            {row.tone === 'trouble' && <span class="sub">{row.message}</span>}
          </>
        )}
      </td>
      <td>
        {total} <Shares counts={links} />
      </td>
      <td>{row?.lastCheckMs === undefined ? '–' : ago(row.lastCheckMs, now)}</td>
    </tr>
  );
}
