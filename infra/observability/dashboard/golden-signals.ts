import { metricCatalogue } from '#shared/metrics.ts';
import { own, type Statistic } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';
import { type Graph, type GraphContext, graph, type Line } from './graph.ts';
import type { Section } from './layout.ts';
import { operatingGraphs } from './operating-graphs.ts';
import { requestGraphs } from './request-graphs.ts';

type WebhookName = (typeof metricCatalogue.WebhooksAccepted.values.Webhook)[number];

/** What people notice first: are they heard, how long until they are answered, what became of what was sent. */
export function goldenSignals(namespace: string, limits: Thresholds, context: GraphContext): Section {
  const sender = (label: string, statistic: Statistic): Line => ({
    label,
    series: own(namespace, 'ReplyMilliseconds', 'sender', {}, statistic, 300),
  });
  const webhook = (label: string, Webhook: WebhookName, statistic: Statistic): Line => ({
    label,
    series: own(namespace, 'WebhookMilliseconds', 'gateway', { Webhook }, statistic, 300),
  });
  const received = (Webhook: WebhookName, label: string): Line => ({
    label,
    series: own(namespace, 'WebhooksAccepted', 'gateway', { Webhook }, 'Sum'),
  });
  const refused = metricCatalogue.WebhooksRefused.values.Reason.map(
    (Reason): Line => ({
      label: Reason,
      series: own(namespace, 'WebhooksRefused', 'gateway', { Reason }, 'Sum', 300),
    }),
  );
  const graphs: Graph[] = [
    {
      title: 'From a text to its answer at the carrier',
      unit: 'ms',
      lines: [sender('half of them', 'p50'), sender('95 of 100', 'p95'), sender('99 of 100', 'p99')],
    },
    {
      title: 'Texts and statuses received',
      unit: 'per minute',
      lines: [received('sms', 'texts'), received('status', 'statuses')],
    },
    ...requestGraphs(namespace, 'sender', 'Messages'),
    ...requestGraphs(namespace, 'caller', 'Calls'),
    {
      title: 'Accepted, and reported as not delivered, by class',
      unit: 'per minute',
      stacked: true,
      lines: metricCatalogue.DeliveryErrors.values.Class.map((Class) => ({
        label: Class,
        series: own(namespace, 'DeliveryErrors', 'log', { Class }, 'Sum'),
      })),
    },
    { title: 'Webhooks refused, by reason', unit: 'per 5 minutes', lines: refused },
    {
      title: 'Time to take in a webhook',
      unit: 'ms',
      lines: [webhook('text, 95 of 100', 'sms', 'p95'), webhook('status, 95 of 100', 'status', 'p95')],
    },
    {
      title: 'Calls: what their carrier told',
      unit: 'per minute',
      lines: [
        received('call_status', 'statuses'),
        received('call_keys', 'keys'),
        received('call_machine', 'who took them'),
        received('call_inbound', 'people who call us'),
      ],
    },
    {
      title: 'Calls: how long people wait for what follows a key, and the rest',
      unit: 'ms',
      lines: [
        webhook('key, 95 of 100', 'call_keys', 'p95'),
        webhook('call to us, 95 of 100', 'call_inbound', 'p95'),
        webhook('who took it, 95 of 100', 'call_machine', 'p95'),
        webhook('status, 95 of 100', 'call_status', 'p95'),
      ],
    },
    {
      title: 'Heard late or not at all',
      unit: 'texts',
      lines: [
        gateway(namespace, 'found by a sweep', 'InboundSwept'),
        gateway(namespace, 'kept aside', 'InboundKeptAside'),
        gateway(namespace, 'without their media', 'InboundWithoutMedia'),
        { label: 'sweeps that failed', series: own(namespace, 'SweepsFailed', 'gateway', {}, 'Sum', 300) },
      ],
    },
    {
      title: 'Statuses that no callback told',
      unit: 'per minute',
      lines: [
        ...metricCatalogue.StatusRequests.values.How.map((How) => ({
          label: `requests to the carrier (${How})`,
          series: own(namespace, 'StatusRequests', 'gateway', { How }, 'Sum'),
        })),
        gateway(namespace, 'found', 'StatusesFound'),
        gateway(namespace, 'not confirmed', 'StatusesUnconfirmed'),
        gateway(namespace, 'given up', 'StatusesGivenUp'),
      ],
    },
    {
      title: 'Consent',
      unit: 'per minute',
      lines: [
        gateway(namespace, 'opted out', 'OptOuts'),
        gateway(namespace, 'texts for review', 'TextsForReview'),
        gateway(namespace, 'messages blocked by it', 'MessagesBlocked'),
        gateway(namespace, 'texts for somebody to read', 'TextsForReview'),
      ],
    },
    {
      title: 'Short links',
      unit: 'per minute, ms',
      lines: [
        ...metricCatalogue.LinkClicks.values.Visitor.map((Visitor) => ({
          label: `followed by a ${Visitor}`,
          series: own(namespace, 'LinkClicks', 'gateway', { Visitor }, 'Sum'),
        })),
        ...metricCatalogue.LinksRefused.values.Reason.map((Reason) => ({
          label: `refused: ${Reason}`,
          series: own(namespace, 'LinksRefused', 'gateway', { Reason }, 'Sum'),
        })),
        gateway(namespace, 'clicks lost', 'ClicksLost'),
        { label: 'time, 95 of 100', series: own(namespace, 'LinkMilliseconds', 'gateway', {}, 'p95', 300) },
      ],
    },
    {
      title: 'Requests to the API',
      unit: 'per minute, ms',
      lines: [
        ...metricCatalogue.ApiRequests.values.Outcome.map((Outcome) => ({
          label: Outcome,
          series: own(namespace, 'ApiRequests', 'api', { Outcome }, 'Sum'),
        })),
        { label: 'time, 95 of 100', series: own(namespace, 'ApiMilliseconds', 'api', {}, 'p95', 300) },
      ],
    },
    {
      title: 'Deliveries of webhooks',
      unit: 'per minute',
      lines: metricCatalogue.WebhookDeliveries.values.Outcome.map((Outcome) => ({
        label: Outcome.replace('_', ' '),
        series: own(namespace, 'WebhookDeliveries', 'api', { Outcome }, 'Sum'),
      })),
    },
    {
      title: 'Contacts of campaigns, by what was planned for them',
      unit: 'per minute',
      lines: [
        ...metricCatalogue.CampaignContacts.values.Outcome.map((Outcome) => ({
          label: Outcome,
          series: own(namespace, 'CampaignContacts', 'campaigns', { Outcome }, 'Sum'),
        })),
        { label: 'campaigns that failed', series: own(namespace, 'CampaignsFailed', 'campaigns', {}, 'Sum') },
      ],
    },
    ...operatingGraphs(namespace),
    {
      title: 'Circuit breakers that tripped',
      unit: 'per minute',
      lines: metricCatalogue.BreakersTripped.values.Of.map((Of) => ({
        label: `of a ${Of}`,
        series: own(namespace, 'BreakersTripped', 'campaigns', { Of }, 'Sum'),
      })),
    },
    {
      title: 'Texts of people, by whose they are',
      unit: 'per minute',
      lines: metricCatalogue.TextsHeard.values.Whose.map((Whose) => ({
        label: { campaign: 'belong to a campaign', contact: 'of a contact', nobody: 'of unknown numbers' }[
          Whose
        ],
        series: own(namespace, 'TextsHeard', 'inbox', { Whose }, 'Sum'),
      })),
    },
    {
      title: 'Texts that the agent was given, by what became of them',
      unit: 'per minute',
      lines: [
        ...metricCatalogue.AgentAnswers.values.Outcome.map((Outcome) => ({
          label: {
            sent: 'answered',
            drafted: 'drafted',
            handed_over: 'left to people',
            silent: 'want no answer',
            overtaken: 'somebody was first',
          }[Outcome],
          series: own(namespace, 'AgentAnswers', 'inbox', { Outcome }, 'Sum'),
        })),
        ...metricCatalogue.AgentFaults.values.Reason.map((Reason) => ({
          label: {
            failed: 'failed',
            timed_out: 'timed out',
            interrupted: 'interrupted',
            empty: 'said nothing',
            too_many: 'beyond those of a day',
          }[Reason],
          series: own(namespace, 'AgentFaults', 'inbox', { Reason }, 'Sum'),
        })),
      ],
    },
    {
      title: 'Time until the agent has an answer',
      unit: 'ms',
      lines: (['p50', 'p95'] as const).map((statistic) => ({
        label: statistic,
        series: own(namespace, 'AgentMilliseconds', 'inbox', {}, statistic),
      })),
    },
    {
      title: 'What dialogs were asked for: lessons, reminders, changes of contacts',
      unit: 'per minute',
      lines: metricCatalogue.ScheduledCommands.values.Kind.map((Kind) => ({
        label: { drill: 'lessons', reminder: 'reminders', contact: 'changes of contacts' }[Kind],
        series: own(namespace, 'ScheduledCommands', 'progress', { Kind }, 'Sum'),
      })),
    },
    {
      title: 'How late lessons and reminders are',
      unit: 'ms',
      lines: [
        {
          label: 'the latest',
          series: own(namespace, 'ScheduleLagMilliseconds', 'progress', {}, 'Maximum'),
        },
      ],
    },
    {
      title: 'Commands that came to nothing, by reason',
      unit: 'per minute',
      lines: metricCatalogue.CommandsRefused.values.Reason.map((Reason) => ({
        label: Reason,
        series: own(namespace, 'CommandsRefused', 'dialog', { Reason }, 'Sum'),
      })),
    },
  ];
  return {
    title: 'What people notice',
    note: `Aim: the answer to a text is at the carrier within ${limits.replyMs / 2_000} s for 95 of 100 people. An alarm begins at ${limits.replyMs / 1_000} s.`,
    tiles: graphs.map((spec) => graph(spec, context)),
  };
}

const gateway = (
  namespace: string,
  label: string,
  name:
    | 'InboundSwept'
    | 'InboundKeptAside'
    | 'InboundWithoutMedia'
    | 'StatusesFound'
    | 'StatusesUnconfirmed'
    | 'StatusesGivenUp'
    | 'OptOuts'
    | 'ClicksLost'
    | 'TextsForReview'
    | 'MessagesBlocked',
): Line => ({ label, series: own(namespace, name, 'gateway', {}, 'Sum') });
