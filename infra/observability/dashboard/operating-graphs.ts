import { metricCatalogue } from '#shared/metrics.ts';
import { own } from '../series.ts';
import type { Graph } from './graph.ts';

/** How campaigns are operated: whether hours are kept, whom the gate stops, what belongs to a campaign, and what has room. */
export function operatingGraphs(namespace: string): Graph[] {
  return [
    {
      title: 'Shares of yesterday and today',
      unit: 'percent',
      lines: metricCatalogue.OperatingPercent.values.Of.map((Of) => ({
        label: {
          window_compliance: 'left in its hours',
          suppression_hits: 'stopped by an opt-out',
          reply_association: 'texts that belong to a campaign',
          opt_outs: 'opted out, of what was sent',
        }[Of],
        series: own(namespace, 'OperatingPercent', 'campaigns', { Of }, 'Minimum', 300),
      })),
    },
    {
      title: 'What left, by whether it did in its hours',
      unit: 'messages in 5 minutes',
      lines: metricCatalogue.HoursKept.values.Verdict.map((Verdict) => ({
        label: {
          within: 'in its hours',
          outside_law: 'outside the hours of the law',
          outside_window: 'outside its window',
          unjudged: 'to other countries',
        }[Verdict],
        series: own(namespace, 'HoursKept', 'campaigns', { Verdict }, 'Sum', 300),
      })),
    },
    {
      title: 'Age of what is counted and judged',
      unit: 'ms',
      lines: [
        { label: 'the newest', series: own(namespace, 'CountedAgeMilliseconds', 'campaigns', {}, 'Maximum') },
      ],
    },
    {
      title: 'What the gate decided for good',
      unit: 'touches in 5 minutes',
      stacked: true,
      lines: metricCatalogue.TouchesJudged.values.Verdict.map((Verdict) => ({
        label: {
          allowed: 'may go',
          suppressed: 'opted out or suppressed',
          blocked: 'blocked for other reasons',
        }[Verdict],
        series: own(namespace, 'TouchesJudged', 'campaigns', { Verdict }, 'Sum', 300),
      })),
    },
    {
      title: 'Campaigns under way, and waiting for a slot',
      unit: 'campaigns',
      lines: metricCatalogue.ActiveCampaigns.values.Pool.flatMap((Pool) => [
        {
          label: `${Pool}: under way`,
          series: own(namespace, 'ActiveCampaigns', 'campaigns', { Pool }, 'Maximum'),
        },
        {
          label: `${Pool}: wait`,
          series: own(namespace, 'CampaignsWaiting', 'campaigns', { Pool }, 'Maximum'),
        },
      ]),
    },
    {
      title: 'Slots of campaigns that are taken',
      unit: 'percent',
      lines: metricCatalogue.SlotsTakenPercent.values.Pool.map((Pool) => ({
        label: Pool,
        series: own(namespace, 'SlotsTakenPercent', 'campaigns', { Pool }, 'Maximum'),
      })),
    },
    {
      title: 'Campaigns that failed to start, by reason',
      unit: 'campaigns',
      lines: metricCatalogue.CampaignStartFailures.values.Reason.map((Reason) => ({
        label: {
          cannot_be_sent: 'nothing here sends it',
          too_late: 'its end came first',
          audience: 'no audience could be made',
          fault: 'a fault of ours',
        }[Reason],
        series: own(namespace, 'CampaignStartFailures', 'campaigns', { Reason }, 'Sum'),
      })),
    },
  ];
}
