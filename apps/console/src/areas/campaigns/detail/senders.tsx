import { Progress, Table, Text } from '@mantine/core';
import type { CampaignSenders } from '#shared/api-client/api-types.ts';
import statusClasses from '../../../parts/status.module.css';
import { TableBox } from '../../../parts/table-box.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { detailTexts } from './texts.ts';

/** The numbers that it goes from: how fast they send now against what they may, and what is left of the day. */
export function Senders({ senders }: { senders: CampaignSenders['items'] }) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  const rate = (value: number): string => value.toLocaleString(language, { maximumFractionDigits: 1 });
  return (
    <TableBox label={say('senders')}>
      <Table verticalSpacing={6} horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('number')}</Table.Th>
            <Table.Th>{say('senderState')}</Table.Th>
            <Table.Th>{say('rateNow')}</Table.Th>
            <Table.Th ta="right">{say('leftToday')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {senders.map((each) => {
            const limit = each.segmentsPerSecond;
            const tone = each.isHalted || !each.isCarrierSetUp ? 'bad' : 'good';
            const state = !each.isCarrierSetUp
              ? 'notSetUp'
              : each.isHalted
                ? 'halted'
                : each.dayLeft !== null && each.dayLeft <= 0
                  ? 'dayUsed'
                  : 'ready';
            return (
              <Table.Tr key={each.senderNumber}>
                <Table.Td>
                  {each.senderNumber}
                  {each.pool !== null && (
                    <Text span size="xs" c="dimmed">
                      {` · ${each.pool}`}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <span className={statusClasses.status} data-tone={state === 'dayUsed' ? 'held' : tone}>
                    <span className={statusClasses.dot} aria-hidden />
                    {say(state)}
                  </span>
                </Table.Td>
                <Table.Td>
                  {limit === null ? (
                    <Text size="sm">{say('rateFree', { now: rate(each.nowPerSecond) })}</Text>
                  ) : (
                    <>
                      <Text size="sm">
                        {say('rateOf', { now: rate(each.nowPerSecond), limit: rate(limit) })}
                      </Text>
                      <Progress
                        size={4}
                        value={Math.min(100, (each.nowPerSecond / limit) * 100)}
                        color={each.nowPerSecond / limit > 0.9 ? 'yellow' : 'teal'}
                        aria-label={say('rateNow')}
                      />
                    </>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  {each.dayLeft === null || each.dayCap === null
                    ? say('noCap')
                    : say('leftOf', {
                        left: Math.max(0, each.dayLeft).toLocaleString(language),
                        cap: each.dayCap.toLocaleString(language),
                      })}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </TableBox>
  );
}
