import { Table, Text } from '@mantine/core';
import type { CampaignMetrics } from '#shared/api-client/api-types.ts';
import { Count } from '../../../parts/number.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { Status } from '../../../parts/status.tsx';
import { TableBox } from '../../../parts/table-box.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { contactState } from '../../../words/campaigns.ts';
import { CountLink } from './count-link.tsx';
import { detailTexts } from './texts.ts';

/** Everybody by where they stand, and why; each number opens its contacts. */
export function Reasons({ id, metrics }: { id: string; metrics: CampaignMetrics }) {
  const say = useTexts(detailTexts);
  const reason = useReason();
  if (metrics.states.length === 0) return <Text c="dimmed">{say('nobodyYet')}</Text>;
  return (
    <TableBox label={say('everybody')}>
      <Table verticalSpacing={6} horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('state')}</Table.Th>
            <Table.Th>{say('why')}</Table.Th>
            <Table.Th ta="right">{say('people')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {metrics.states.flatMap(({ contacts, reasons, state }) => [
            <Table.Tr key={state}>
              <Table.Td>
                <Status words={contactState} of={state} />
              </Table.Td>
              <Table.Td />
              <Table.Td ta="right">
                <CountLink id={id} search={{ state }}>
                  <Count of={contacts} />
                </CountLink>
              </Table.Td>
            </Table.Tr>,
            ...reasons.map((each) => (
              <Table.Tr key={`${state} ${each.rule}`}>
                <Table.Td />
                <Table.Td>
                  <Text size="sm" c="dimmed" title={reason(each.rule, each.says).hint}>
                    {reason(each.rule, each.says).says}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  <CountLink id={id} search={{ state, rule: each.rule }}>
                    <Count of={each.contacts} />
                  </CountLink>
                </Table.Td>
              </Table.Tr>
            )),
          ])}
        </Table.Tbody>
      </Table>
    </TableBox>
  );
}
