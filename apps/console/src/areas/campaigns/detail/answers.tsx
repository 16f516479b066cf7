import { Table, Text } from '@mantine/core';
import type { CampaignMetrics } from '#shared/api-client/api-types.ts';
import { Count } from '../../../parts/number.tsx';
import { Section } from '../../../parts/page.tsx';
import { TableBox } from '../../../parts/table-box.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { CountLink } from './count-link.tsx';
import { detailTexts } from './texts.ts';

/** Who answered with which of the words that were asked for: each number opens its people. */
export function Answers({
  id,
  metrics: { keywords, replied },
}: {
  id: string;
  metrics: Pick<CampaignMetrics, 'keywords' | 'replied'>;
}) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  const counted = keywords.reduce((sum, { contacts }) => sum + contacts, 0);
  const share = (contacts: number): string =>
    replied === 0
      ? ''
      : (contacts / replied).toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 });
  return (
    <Section
      title={say('answers')}
      aside={
        <Text size="xs" c="dimmed">
          {say('answersNote')}
        </Text>
      }
    >
      <TableBox label={say('answers')}>
        <Table verticalSpacing={6} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say('keyword')}</Table.Th>
              <Table.Th ta="right">{say('people')}</Table.Th>
              <Table.Th ta="right">{say('share')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keywords.map(({ contacts, keyword }) => (
              <Table.Tr key={keyword}>
                <Table.Td>{keyword}</Table.Td>
                <Table.Td ta="right">
                  <CountLink id={id} search={{ keyword }}>
                    <Count of={contacts} />
                  </CountLink>
                </Table.Td>
                <Table.Td ta="right">{share(contacts)}</Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Td>{say('otherAnswers')}</Table.Td>
              <Table.Td ta="right">
                <Count of={Math.max(0, replied - counted)} />
              </Table.Td>
              <Table.Td ta="right">{share(Math.max(0, replied - counted))}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </TableBox>
    </Section>
  );
}
