import type { Bundle } from './bundle.ts';
import type { Link } from './chain.ts';
import type {
  ConsentEntry,
  DecisionEntry,
  DoNotCallEntry,
  Entry,
  ErasureEntry,
  MessageEntry,
  ReassignedEntry,
  ReviewEntry,
  TextEntry,
} from './entry.ts';
import { type Html, html, joined, NONE } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';

/**
 * A bundle of evidence as one HTML page, made for printing: nothing in it is fetched from anywhere, and nothing in it
 * runs. Pure.
 */
export function evidencePage({ head, links, lastHash }: Bundle): string {
  const days = Map.groupBy(links, ({ entry }) => entry.at.slice(0, 10));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence for ${head.phoneNumber}</title>
<style>${{ html: PAGE_STYLE }}</style>
</head>
<body>
<header>
<p class="kicker">Consent and messages on record</p>
<h1>${head.phoneNumber}</h1>
<p class="lede">${links.length} ${links.length === 1 ? 'entry' : 'entries'}${period(links)}. Put together on ${instant(head.producedAt)} by ${head.producedBy}. All times are UTC.</p>
</header>
<h2>Where this person stood then</h2>
${standings(head.standings)}
<div class="seal"><p>The record is known by this hash. Keep it apart from the files: it tells this record from one that was written anew.</p><code>${lastHash}</code></div>
<h2>Everything in its order</h2>
${links.length === 0 ? html`<p class="none">Nothing is on record about this number.</p>` : joined([...days].map(([day, ofDay]) => dayOf(day, ofDay, links)))}
<footer>Each entry carries the SHA-256 of its canonical JSON together with the hash of the entry before it, so that none can be changed, taken out or put in without all that follow. To check the file beside this page: <code>npm run ops -- evidence verify evidence.json --hash ${lastHash.slice(0, 12)}…</code> (with the whole hash). The file holds everything in full; this page leaves out what decisions were made from.</footer>
</body>
</html>
`;
  return page.html;
}

const period = (links: readonly Link<Entry>[]): string => {
  const [first, last] = [links.at(0), links.at(-1)];
  return first && last ? ` from ${dayName(first.entry.at)} to ${dayName(last.entry.at)}` : '';
};

function standings(rows: Bundle['head']['standings']): Html {
  if (rows.length === 0) return html`<p class="none">No change of consent is on record.</p>`;
  return html`<table><tr><th>About</th><th>Status</th><th>Since</th><th>Consent in force</th></tr>${joined(
    rows.map(
      ({ scope, status, since, granted, deadline }) =>
        html`<tr><td>${scope === 'sender' ? 'everything' : scope}</td><td>${words(status)}${deadline === null ? '' : `, due ${deadline}`}</td><td>${instant(since)}</td><td>${status === 'opted_in' && granted.length > 0 ? granted.map(words).join(', ') : '—'}</td></tr>`,
    ),
  )}</table>`;
}

const dayOf = (day: string, links: readonly Link<Entry>[], all: readonly Link<Entry>[]): Html =>
  html`<section><h3 class="day">${dayName(day)}</h3>${joined(
    links.map((link) => article(link, all.indexOf(link) + 1)),
  )}</section>`;

const article = ({ entry, hash }: Link<Entry>, position: number): Html =>
  html`<article><div class="when">${entry.at.slice(11, 19)}<span>No. ${position}</span></div><div>${contentOf(entry)}<p class="hash">${hash}</p></div></article>`;

function contentOf(entry: Entry): Html {
  switch (entry.kind) {
    case 'consent':
      return consent(entry);
    case 'text_received':
      return received(entry);
    case 'message':
      return message(entry);
    case 'decision':
      return decision(entry);
    case 'review':
      return review(entry);
    case 'do_not_call':
      return doNotCall(entry);
    case 'reassigned':
      return reassigned(entry);
    case 'erasure':
      return erasure(entry);
  }
}

function consent(entry: ConsentEntry): Html {
  const title =
    entry.reverses !== null
      ? 'A revocation was taken back'
      : { opted_in: 'Opted in', opted_out: 'Revoked consent', pending_opt_out: 'Asked to stop' }[
          entry.status
        ];
  const { wording, originalMessage } = entry;
  return html`${heading(title ?? entry.status, [[BY[entry.method] ?? entry.method, entry.status !== 'opted_in']])}${quote(originalMessage)}${
    wording === null
      ? NONE
      : html`<dl><dt>Wording shown</dt><dd></dd></dl><blockquote>${wording}</blockquote>`
  }${facts([
    ['Grants', entry.granted.map(words).join(', ')],
    ['What the person did', entry.affirmativeAction],
    ['About', entry.scope === 'sender' ? null : entry.scope],
    ['Spoke of', entry.channels.length === 1 ? (entry.channels[0] ?? null) : null],
    ['Page', entry.url],
    ['Address', entry.ip],
    ['Browser', entry.userAgent],
    ['To honour by', entry.deadline],
    ['Recorded by', entry.actor],
    ['Read by rule', entry.rule],
    ['Takes back', entry.reverses],
    ['Because of', entry.reversalReason === null ? null : words(entry.reversalReason)],
    ['Behind it', entry.cause],
    ['Contact', entry.externalId],
    ['Request', entry.trackingId],
    ['SHA-256 of the wording', entry.wordingSha256],
    ['Recorded', entry.recordedAt === entry.at ? null : instant(entry.recordedAt)],
  ])}`;
}

const received = ({ body, to, carrier, carrierMessageId }: TextEntry): Html =>
  html`${heading('Texted us', [])}${quote(body)}${facts([
    ['To', to],
    ['Carrier', [carrier, carrierMessageId].filter((one) => one !== null).join(' ')],
  ])}`;

function message(entry: MessageEntry): Html {
  const last = entry.attempts.at(-1);
  const confirmation = entry.intent === 'opt_out_confirmation';
  return html`${heading(
    { opt_out_confirmation: 'Confirmation of the opt-out', help: 'Answer to HELP' }[entry.intent] ??
      `${entry.channel === 'voice' ? 'Call' : 'Message'} (${words(entry.intent)})`,
    [
      [
        words(last?.call?.outcome ?? last?.status ?? entry.state),
        entry.state === 'blocked' || entry.state === 'failed',
      ],
      ...(entry.late ? [['late', true] as const] : []),
    ],
  )}<blockquote class="quiet">${entry.body}</blockquote>${facts([
    ['From', entry.from],
    ['Pictures', entry.mediaUrls.join(' ')],
    ['Why not', entry.state === 'sent' ? null : entry.rule],
    ['Error', last?.errorCode ?? null],
    ['Carrier', [last?.carrier, last?.carrierMessageId].filter(Boolean).join(' ')],
    ['Request', last === undefined ? null : instant(last.startedAt)],
    ['Last status', last?.statusAt ? instant(last.statusAt) : null],
    ['Taken by', last?.call?.answeredBy ?? null],
    ['Keys pressed', last?.call?.keys.join(', ') ?? null],
    ['Lasted', typeof last?.call?.seconds === 'number' ? `${last.call.seconds} s` : null],
    [
      'After the revocation',
      confirmation && entry.afterRevocationMs !== null ? seconds(entry.afterRevocationMs) : null,
    ],
  ])}`;
}

const decision = (entry: DecisionEntry): Html =>
  html`${heading('Decision', [[entry.verdict, entry.verdict === 'block']])}${facts([
    ['Rule', `${entry.rule} (rules of ${entry.rulesVersion})`],
    ['Until', entry.until === null ? null : instant(entry.until)],
    ['Message', entry.messageId],
    ['SHA-256 of the inputs', entry.inputsSha256],
  ])}`;

const review = (entry: ReviewEntry): Html =>
  html`${heading('A text was put before a person', [[entry.outcome ?? 'open', false]])}${quote(entry.originalMessage)}${facts(
    [
      ['Meanwhile', entry.suppressed ? 'suppressed' : 'not suppressed'],
      ['Read by rule', entry.rule],
      ['To honour by', entry.deadline],
      ['Judged by', entry.resolvedBy],
      ['Judged', entry.resolvedAt === null ? null : instant(entry.resolvedAt)],
      ['Reason', entry.reason],
    ],
  )}`;

const doNotCall = ({ listed, listDate, loadedBy }: DoNotCallEntry): Html =>
  html`${heading('National do-not-call registry', [[listed ? 'listed' : 'not listed', listed]])}${facts([
    ['List of', listDate],
    ['Loaded by', loadedBy],
  ])}`;

const reassigned = ({ answer, askedAbout, askedOn }: ReassignedEntry): Html =>
  html`${heading('Reassigned Numbers Database', [[words(answer), answer === 'yes']])}${facts([
    ['Disconnected since', askedAbout],
    ['Asked on', askedOn],
  ])}`;

const erasure = ({ by, reason, complete }: ErasureEntry): Html =>
  html`${heading('The person was erased', complete ? [] : [['not complete', true]])}<p>What they said and were sent until then is no longer on record; what follows from it is.</p>${facts(
    [
      ['Erased by', by],
      ['Reason', reason],
    ],
  )}`;

const BY: Readonly<Record<string, string>> = {
  sms: 'by text',
  voice: 'on a call',
  email: 'by e-mail',
  web: 'on a page',
  manual: 'recorded by hand',
  carrier: 'the carrier says so',
  import: 'from a list',
};

const heading = (title: string, tags: readonly (readonly [text: string, strong: boolean])[]): Html =>
  html`<p class="kind">${title}${joined(
    tags.map(([text, strong]) => html`<span class="${strong ? 'tag strong' : 'tag'}">${text}</span>`),
  )}</p>`;

const quote = (text: string | null): Html =>
  text === null || text === '' ? NONE : html`<blockquote>${text}</blockquote>`;

function facts(rows: readonly (readonly [name: string, value: string | null])[]): Html {
  const known = rows.filter(([, value]) => value !== null && value !== '');
  if (known.length === 0) return NONE;
  return html`<dl>${joined(known.map(([name, value]) => html`<dt>${name}</dt><dd>${value ?? ''}</dd>`))}</dl>`;
}

const words = (name: string): string => name.replaceAll('_', ' ');

const seconds = (ms: number): string =>
  ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayName = (iso: string): string => DAY.format(new Date(iso));
const instant = (iso: string): string => `${dayName(iso)}, ${iso.slice(11, 19)}`;
