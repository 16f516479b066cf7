import { Progress, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { one } from '../../api/queries.ts';
import { Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts/language.tsx';
import { homeTexts } from './texts.ts';

/** From which share of its day on a sender is shown. */
const NEAR = 0.8;
const LOOKED_AT = 100;

/** Senders that have little left for today; nothing while there are none. */
export function NearLimits() {
  const say = useTexts(homeTexts);
  const { data } = useQuery(one('/v1/senders', { query: { limit: LOOKED_AT } }));
  const near = (data?.items ?? []).flatMap(({ segmentsPerDay, segmentsToday, senderNumber }) =>
    segmentsPerDay !== null && segmentsToday >= NEAR * segmentsPerDay
      ? [{ senderNumber, part: segmentsToday, whole: segmentsPerDay }]
      : [],
  );
  if (near.length === 0) return null;
  return (
    <Section title={say('senders')}>
      <Table withTableBorder maw={560} bg="var(--c-surface)">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('number')}</Table.Th>
            <Table.Th>{say('today')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {near.map(({ part, senderNumber, whole }) => (
            <Table.Tr key={senderNumber}>
              <Table.Td>
                <Link to="/system/senders/$number" params={{ number: senderNumber }}>
                  {senderNumber}
                </Link>
              </Table.Td>
              <Table.Td>
                {say('ofAll', { part, whole })}
                <Progress
                  size={4}
                  color="yellow"
                  value={(part / whole) * 100}
                  aria-label={say('ofAll', { part, whole })}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
