/** The picture with a table of its links, as one page that loads nothing. */
import type { LinkRow } from '../../console/model/contract.ts';
import { TONE_NAMES } from '../../console/model/tones.ts';
import { escapeXml } from './escape.ts';
import { COLOURS, type Caption } from './picture.ts';

/** @param picture the SVG */
export function pageOf(picture: string, links: readonly LinkRow[], { title, detail }: Caption): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1 class="unseen">${escapeXml(title)}: ${escapeXml(detail)}</h1>
<div class="picture">
${picture}</div>
<div class="table"><table>
<thead><tr><th scope="col">Link</th><th scope="col">State</th><th scope="col">State machine</th><th scope="col">Target role</th><th scope="col">What the operator says</th></tr></thead>
<tbody>
${links.map(rowOf).join('\n')}
</tbody>
</table></div>
</main>
</body>
</html>
`;
}

const STYLE = `:root{${COLOURS.light}}@media(prefers-color-scheme:dark){:root{${COLOURS.dark}}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
.picture{overflow-x:auto;border:1px solid var(--line-strong);border-radius:14px;background:var(--ground)}.picture svg{display:block;margin:0 auto;max-width:100%;height:auto}
.table{overflow-x:auto;margin-top:24px;border:1px solid var(--line-strong);border-radius:14px;background:var(--surface)}
table{border-collapse:collapse;width:100%;font-size:13.5px}th,td{text-align:left;vertical-align:top;padding:9px 14px;border-bottom:1px solid var(--line-strong)}
th{color:var(--muted);font-weight:600;white-space:nowrap}tr:last-child td{border-bottom:0}td small{color:var(--muted);display:block}
.state{font-weight:600;white-space:nowrap}.ready{color:var(--ready)}.trouble{color:var(--trouble)}.working{color:var(--working)}.paused{color:var(--paused)}
td.words{overflow-wrap:anywhere;min-width:16em}`;

function rowOf({ key, tone, reason, machine, role, message }: LinkRow): string {
  return [
    `<tr><td>${escapeXml(key)}</td>`,
    `<td class="state ${tone}">${TONE_NAMES[tone]}<small>${escapeXml(reason)}</small></td>`,
    `<td>${escapeXml(machine.name)}<small>${escapeXml(machine.account)}</small><small>${escapeXml(machine.region)}</small></td>`,
    `<td>${escapeXml(role.name)}<small>${escapeXml(role.account)}</small><small>${escapeXml(role.path)}</small></td>`,
    `<td class="words">${escapeXml(message)}</td></tr>`,
  ].join('');
}
