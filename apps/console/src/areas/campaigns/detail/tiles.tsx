import type { Campaign, CampaignGuard, CampaignMetrics } from '#shared/api-client/api-types.ts';
import { Count } from '../../../parts/number.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { BudgetChange } from './budget-change.tsx';
import { CountLink, type CountSearch } from './count-link.tsx';
import classes from './detail.module.css';
import { detailTexts } from './texts.ts';
import { countIn, WENT_TO } from './went-to.ts';

/** What it has come to, each number leading to its contacts. */
export function Tiles({
  campaign,
  guard,
  metrics,
}: {
  campaign: Campaign;
  metrics: CampaignMetrics;
  guard: CampaignGuard | undefined;
}) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  const reason = useReason();
  const in_ = (...states: string[]): number => countIn(metrics.states, states);
  const sent = in_(...WENT_TO);
  const { definition, type } = campaign;
  const calls = type === 'voice' || type === 'hybrid' || definition.fallback !== null;
  const held = metrics.states.find(({ state }) => state === 'held');
  const [why] = [...(held?.reasons ?? [])].sort((a, b) => b.contacts - a.contacts);
  const share = (part: number, whole: number): string | undefined =>
    whole === 0
      ? undefined
      : say('shareOf', {
          share: (part / whole).toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 }),
          whole: whole.toLocaleString(language),
        });
  const isText = campaign.type !== 'drill';
  const tiles: {
    id: string;
    label: string;
    value: number;
    note?: string | undefined;
    search: CountSearch;
    tone?: 'held' | 'bad' | undefined;
  }[] = [
    {
      id: 'sent',
      label: say(type === 'voice' ? 'called' : 'sent'),
      value: sent,
      note: share(sent, metrics.total),
      search: { states: WENT_TO.join(',') },
    },
    ...(isText
      ? [
          {
            id: 'delivered',
            label: say(type === 'voice' ? 'leftWithMachine' : 'delivered'),
            value: in_('delivered'),
            note: share(in_('delivered'), sent),
            search: { state: 'delivered' },
          },
        ]
      : []),
    ...(calls
      ? [
          {
            id: 'answered',
            label: say('tookCall'),
            value: in_('answered'),
            note: share(in_('answered'), sent),
            search: { state: 'answered' },
          },
        ]
      : []),
    {
      id: 'replies',
      label: say('replies'),
      value: metrics.replied,
      note: share(metrics.replied, sent),
      search: { replied: 'true' },
    },
    {
      id: 'optOuts',
      label: say('optOuts'),
      value: metrics.optedOut,
      note: share(metrics.optedOut, sent),
      search: { optedOut: 'true' },
      tone: metrics.optedOut > 0 ? 'bad' : undefined,
    },
    ...(campaign.type === 'sms' || campaign.type === 'hybrid'
      ? [
          {
            id: 'clicks',
            label: say('clicks'),
            value: metrics.clicked,
            note: share(metrics.clicked, sent),
            search: { clicked: 'true' as const },
          },
        ]
      : []),
    {
      id: 'held',
      label: say('held'),
      value: held?.contacts ?? 0,
      note: why === undefined ? say('heldNone') : reason(why.rule, why.says).says,
      search: { state: 'held' },
      tone: held === undefined ? undefined : 'held',
    },
    {
      id: 'missed',
      label: say('missed'),
      value: in_('undelivered', 'failed'),
      note: share(in_('undelivered', 'failed'), metrics.total),
      search: { states: 'undelivered,failed' },
      tone: in_('undelivered', 'failed') > 0 ? 'bad' : undefined,
    },
  ];
  return (
    <Stats close>
      {tiles.map(({ id, label, note, search, tone, value }) => (
        <CountLink key={id} id={campaign.id} search={search} className={classes.tile}>
          <Stat label={label} value={<Count of={value} />} note={note ?? say('noneYet')} tone={tone} />
        </CountLink>
      ))}
      {guard && isText && (
        <Stat
          label={say('cost')}
          value={guard.cost.toLocaleString(language, { style: 'currency', currency: guard.currency })}
          note={
            guard.budget === null
              ? say('noBudget')
              : say('ofBudget', {
                  budget: guard.budget.toLocaleString(language, {
                    style: 'currency',
                    currency: guard.currency,
                  }),
                })
          }
          action={<BudgetChange campaign={campaign} guard={guard} />}
        />
      )}
    </Stats>
  );
}
