import { Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OperatingFigures } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Count, Share } from '../../parts/number.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { wholeRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { TonedText } from '../../parts/toned-text.tsx';
import { useTexts } from '../../texts/language.tsx';
import { startFailure } from '../../words/system.ts';
import { useWord } from '../../words/use-word.ts';
import { figureTexts } from './figure-texts.ts';
import { SystemTabs } from './tabs.tsx';
import { systemTexts } from './texts.ts';

const DAYS = 14;

type Day = OperatingFigures['days'][number];

/** How it went of late: what left in its hours, whom the gate stopped, what room there is for campaigns, day by day. */
export function Figures() {
  const say = useTexts(figureTexts);
  const sayArea = useTexts(systemTexts);
  const { data, error, refetch } = useQuery(one('/v1/operating-figures', { query: { days: DAYS } }));
  const verdict =
    data && (outsideOf(data.total) === 0 ? say('allKept') : say('notKept', { count: outsideOf(data.total) }));
  return (
    <Page title={sayArea('title')} state={verdict} tabs={<SystemTabs />}>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : (
        <Stack gap="xl">
          {data === undefined ? <Skeleton height={92} aria-busy /> : <Rates of={data} />}
          <Section title={say('pools')}>
            {data === undefined ? <Skeleton height={120} aria-busy /> : <Pools of={data.pools} />}
          </Section>
          {data !== undefined && data.startFailures.length > 0 && (
            <Section title={say('startFailures')}>
              <StartFailures of={data.startFailures} />
            </Section>
          )}
          <Section title={say('days')}>
            <Days days={data?.days} />
            {data && (
              <Text size="xs" c="dimmed" mt="xs">
                {say('countedTo')} <Time at={data.countedTo} />
              </Text>
            )}
          </Section>
        </Stack>
      )}
    </Page>
  );
}

const outsideOf = ({ outsideLaw, outsideWindow }: Pick<Day, 'outsideLaw' | 'outsideWindow'>): number =>
  outsideLaw + outsideWindow;

function Rates({ of: { total } }: { of: OperatingFigures }) {
  const say = useTexts(figureTexts);
  const outside = outsideOf(total);
  const texts = total.textsOfCampaigns + total.textsOfContacts + total.textsOfNobody;
  return (
    <Stats>
      <Stat
        label={say('hoursKept')}
        value={<Share part={total.withinHours} whole={total.withinHours + outside} />}
        note={say('hoursKeptNote')}
        tone={outside > 0 ? 'bad' : undefined}
      />
      <Stat
        label={say('suppressed')}
        value={<Share part={total.suppressed} whole={total.allowed + total.suppressed + total.blocked} />}
        note={say('suppressedNote')}
      />
      <Stat
        label={say('association')}
        value={<Share part={total.textsOfCampaigns} whole={texts} />}
        note={say('associationNote', { count: total.textsOfNobody })}
      />
      <Stat
        label={say('optOuts')}
        value={<Share part={total.optedOut} whole={total.sent} digits={2} />}
        note={say('optOutsNote')}
      />
    </Stats>
  );
}

function Pools({ of: pools }: { of: OperatingFigures['pools'] }) {
  const say = useTexts(figureTexts);
  return (
    <Table withTableBorder maw={640} bg="var(--c-surface)">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say('pool')}</Table.Th>
          <Table.Th>{say('taken')}</Table.Th>
          <Table.Th>{say('active')}</Table.Th>
          <Table.Th>{say('waiting')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {pools.map(({ active, pool, slots, taken, waiting }) => (
          <Table.Tr key={pool}>
            <Table.Td>{say(pool === 'sms' ? 'poolSms' : 'poolVoice')}</Table.Td>
            <Table.Td>{say('ofSlots', { taken, slots })}</Table.Td>
            <Table.Td>
              <Count of={active} />
            </Table.Td>
            <Table.Td>
              <Count of={waiting} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function StartFailures({ of: failures }: { of: OperatingFigures['startFailures'] }) {
  const word = useWord(startFailure);
  return (
    <Stack gap={4}>
      {failures.map(({ campaigns, reason }) => (
        <Text key={reason}>
          {word(reason).says} · <Count of={campaigns} />
        </Text>
      ))}
    </Stack>
  );
}

function Days({ days }: { days: readonly Day[] | undefined }) {
  const say = useTexts(figureTexts);
  const columns = useMemo<Column<Day>[]>(() => {
    const counted = (
      id: keyof Omit<Day, 'day'>,
      title: string,
      more: { extra?: true; width?: number } = {},
    ): Column<Day> => ({
      id,
      title,
      width: 110,
      align: 'right',
      cell: (row) => <Count of={row[id]} />,
      ...more,
    });
    return [
      { id: 'day', title: say('day'), width: 116, fixed: true, cell: ({ day }) => day },
      counted('sent', say('sent'), { width: 80 }),
      counted('refused', say('refused'), { width: 98 }),
      {
        id: 'outside',
        title: say('outside'),
        width: 122,
        align: 'right',
        cell: (row) =>
          outsideOf(row) === 0 ? (
            <Count of={0} />
          ) : (
            <TonedText tone="bad">
              <Count of={outsideOf(row)} />
            </TonedText>
          ),
      },
      counted('suppressed', say('stopped'), { width: 140 }),
      counted('leftOut', say('leftOut'), { width: 82 }),
      counted('optedOut', say('optedOut'), { width: 84 }),
      counted('textsOfCampaigns', say('textsOfCampaigns'), { width: 165 }),
      counted('textsOfContacts', say('textsOfContacts'), { extra: true }),
      counted('textsOfNobody', say('textsOfNobody'), { width: 126 }),
      counted('blocked', say('blocked'), { extra: true }),
      counted('startFailures', say('startFailures'), { extra: true }),
    ];
  }, [say]);
  return (
    <DataTable
      id="operating-days"
      label={say('daysLabel')}
      columns={columns}
      rows={wholeRows(days)}
      rowId={({ day }) => day}
      empty={
        <EmptyState icon={<IconChartBar size={32} />} title={say('nothing')} hint={say('nothingHint')} />
      }
    />
  );
}
