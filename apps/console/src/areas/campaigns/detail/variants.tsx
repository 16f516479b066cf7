import { Badge, Table, Text } from '@mantine/core';
import type { Campaign, CampaignMetrics } from '#shared/api-client/api-types.ts';
import { wilson } from '#shared/campaigns/interval.ts';
import { Count } from '../../../parts/number.tsx';
import { TableBox } from '../../../parts/table-box.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { experimentMetric } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { CountLink, type CountSearch } from './count-link.tsx';
import classes from './detail.module.css';
import { detailTexts } from './texts.ts';
import { countIn, REACHED, WENT_TO } from './went-to.ts';

/** 19 of 20 intervals hold the share that all would show. */
const DEVIATIONS = 1.96;

/** How the variants compare: shares with their intervals, and what the experiment says. */
export function Variants({
  id,
  metrics,
  type,
}: {
  id: string;
  metrics: CampaignMetrics;
  type: Campaign['type'];
}) {
  const say = useTexts(detailTexts);
  const word = useWord(experimentMetric);
  const { experiment, variants } = metrics;
  // By what an experiment compares them: calls by who took them.
  const reached = type === 'voice' ? ['answered'] : type === 'sms' ? ['delivered'] : REACHED;
  const told = (() => {
    if (experiment === null) return null;
    const nameOf = (position: number): string => variants[position]?.name ?? String(position + 1);
    const by = word(experiment.metric).says.toLocaleLowerCase();
    if (experiment.winner !== null) return say('won', { name: nameOf(experiment.winner), by });
    if (experiment.decidedAt !== null) return say('nobodyWon', { by });
    if (experiment.leader !== null) return say('leads', { name: nameOf(experiment.leader), by });
    return experiment.isComplete ? say('noLeader', { by }) : say('sampling', { by });
  })();
  return (
    <TableBox label={say('variants')}>
      {told !== null && (
        <Text size="sm" p="sm">
          {told}
        </Text>
      )}
      <Table verticalSpacing={6} horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('variant')}</Table.Th>
            <Table.Th ta="right">{say('people')}</Table.Th>
            <Table.Th ta="right">{say('sent')}</Table.Th>
            <Table.Th>
              {say(type === 'sms' ? 'delivered' : type === 'voice' ? 'tookCall' : 'reached')}
            </Table.Th>
            <Table.Th>{say('replies')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {variants.map(({ name, replied, states, total, variant }) => {
            const sent = countIn(states, WENT_TO);
            const here = { variant: String(variant) };
            return (
              <Table.Tr key={variant}>
                <Table.Td>
                  {name}{' '}
                  {experiment?.winner === variant && (
                    <Badge size="xs" variant="light">
                      {say('winner')}
                    </Badge>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  <CountLink id={id} search={here}>
                    <Count of={total} />
                  </CountLink>
                </Table.Td>
                <Table.Td ta="right">
                  <CountLink id={id} search={{ ...here, states: WENT_TO.join(',') }}>
                    <Count of={sent} />
                  </CountLink>
                </Table.Td>
                <Table.Td>
                  <Estimated
                    id={id}
                    search={{ ...here, states: reached.join(',') }}
                    part={countIn(states, reached)}
                    whole={sent}
                  />
                </Table.Td>
                <Table.Td>
                  <Estimated id={id} search={{ ...here, replied: 'true' }} part={replied} whole={sent} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </TableBox>
  );
}

/** A share with the interval in which it lies, drawn and in words. */
function Estimated({
  id,
  part,
  search,
  whole,
}: {
  id: string;
  search: CountSearch;
  part: number;
  whole: number;
}) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  if (whole === 0) return <Text c="dimmed">{say('noneYet')}</Text>;
  const percent = (value: number): string =>
    value.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 });
  const { high, low } = wilson({ successes: Math.min(part, whole), trials: whole }, DEVIATIONS);
  const at = (value: number): string => `${value * 100}%`;
  return (
    <div className={classes.estimated}>
      <span>
        <CountLink id={id} search={search}>
          {percent(part / whole)}
        </CountLink>{' '}
        <Text span size="xs" c="dimmed">
          {say('interval', { low: percent(low), high: percent(high), whole })}
        </Text>
      </span>
      <div className={classes.interval} aria-hidden>
        <span className={classes.range} style={{ left: at(low), right: at(1 - high) }} />
        <span className={classes.point} style={{ left: at(Math.min(1, part / whole)) }} />
      </div>
    </div>
  );
}
