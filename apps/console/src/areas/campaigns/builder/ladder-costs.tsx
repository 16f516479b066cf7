import { Stack, Table, Text, Title } from '@mantine/core';
import type { CampaignEstimate } from '#shared/api-client/api-types.ts';
import { Count } from '../../../parts/number.tsx';
import { TableBox } from '../../../parts/table-box.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { priceBasis } from '../../../words/calls.ts';
import { ladderCause } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { ladderTexts } from './texts.ts';

type Ladder = NonNullable<CampaignEstimate['ladder']>;

/** Of each step how many come to it, how often it is tried, and what one of its attempts costs. */
export function LadderCosts({ cost, ladder }: { ladder: Ladder; cost: CampaignEstimate['cost'] }) {
  const say = useTexts(ladderTexts);
  const language = useLanguage();
  const basis = useWord(priceBasis);
  const cause = useWord(ladderCause);
  const priced = ({ amount, basis: from }: { amount: string; basis: string }) => ({
    amount: Number(amount).toLocaleString(language, {
      style: 'currency',
      currency: cost.currency,
      maximumFractionDigits: 4,
    }),
    basis: basis(from).says.toLocaleLowerCase(),
  });
  const priceOf = (channel: 'sms' | 'voice'): string[] => [
    ...new Set(
      cost.prices.map(({ detection, minute, segment }) =>
        channel === 'sms'
          ? say('aSegment', priced(segment))
          : `${say('aMinute', priced(minute))}, ${say('listening', priced(detection))}`,
      ),
    ),
  ];
  const shares = ladder.assumed
    .map(({ ending, share }) =>
      say('shareOf', {
        ending: cause(ending).says,
        share: share.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 }),
      }),
    )
    .join(', ');
  return (
    <Stack gap={4} component="section">
      <Title order={2}>{say('each')}</Title>
      <TableBox label={say('each')}>
        <Table horizontalSpacing="sm" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say('step')}</Table.Th>
              <Table.Th ta="right">{say('comes')}</Table.Th>
              <Table.Th ta="right">{say('attemptsOf')}</Table.Th>
              <Table.Th>{say('price')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {ladder.steps.map(({ attempts, channel, expected, most, step }) => (
              <Table.Tr key={step}>
                <Table.Td>{say(channel === 'sms' ? 'stepText' : 'stepCall', { number: step + 1 })}</Table.Td>
                <Table.Td ta="right">
                  <Count of={expected} />
                  {most !== expected && (
                    <Text size="xs" c="dimmed">
                      {say('most', { count: most.toLocaleString(language) })}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  {attempts.least === attempts.most ? (
                    <Count of={attempts.least} />
                  ) : (
                    say('between', {
                      least: attempts.least.toLocaleString(language),
                      most: attempts.most.toLocaleString(language),
                    })
                  )}
                </Table.Td>
                <Table.Td>
                  {priceOf(channel).map((each) => (
                    <Text key={each} size="sm">
                      {each}
                    </Text>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableBox>
      <Text size="xs" c="dimmed" maw={720}>
        {say('assumed', { shares })}
      </Text>
    </Stack>
  );
}
