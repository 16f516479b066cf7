import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DrillTally, Programme, ProgrammeProgress } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Count, Share } from '../../../parts/number.tsx';
import { Section } from '../../../parts/page.tsx';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { wholeRows } from '../../../parts/table/use-rows.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { intent } from '../../../words/gate.ts';
import { useWord } from '../../../words/use-word.ts';
import { weekdays } from './days.ts';
import { ProgrammePage } from './head.tsx';
import classes from './programmes.module.css';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes/$slug');

/** How far the people of a programme are, and what became of each of its drills. */
export function ProgrammeProgressScreen() {
  const { slug } = route.useParams();
  const { data, error, refetch } = useQuery({
    ...one('/v1/programmes/{slug}/progress', { path: { slug } }),
    refetchInterval: 15_000,
  });
  return (
    <ProgrammePage slug={slug}>
      {(programme) => (
        <Stack gap="lg">
          {error && data === undefined ? (
            <FaultBox error={error} again={() => void refetch()} />
          ) : data === undefined ? (
            <Skeleton height={260} />
          ) : (
            <Progress slug={slug} progress={data} programme={programme} />
          )}
          <HowItRuns programme={programme} />
        </Stack>
      )}
    </ProgrammePage>
  );
}

function Progress({
  programme,
  progress: { drills, participants },
  slug,
}: {
  slug: string;
  progress: ProgrammeProgress;
  programme: Programme;
}) {
  const say = useTexts(programmeTexts);
  const names = useQuery(one('/v1/drills', {})).data?.items;
  const { active, completed, optedOut } = participants;
  const whole = active + completed + optedOut;
  const columns = useMemo<Column<DrillTally>[]>(
    () => [
      {
        id: 'place',
        title: say('place'),
        width: 76,
        cell: ({ drill }) => {
          const place = programme.drills.indexOf(drill);
          return place < 0 ? say('noLonger') : place + 1;
        },
      },
      {
        id: 'drill',
        title: say('drill'),
        width: 260,
        fixed: true,
        cell: ({ drill }) => (
          <Link
            to="/drills/drill/$slug"
            params={{ slug: drill }}
            search={{ programme: slug }}
            className={classes.name}
            tabIndex={-1}
          >
            {names?.find((each) => each.slug === drill)?.name ?? drill}
          </Link>
        ),
      },
      {
        id: 'started',
        title: say('started'),
        width: 100,
        align: 'right',
        cell: ({ started }) => <Count of={started} />,
      },
      {
        id: 'completed',
        title: say('completed'),
        width: 110,
        align: 'right',
        cell: ({ completed: done }) => <Count of={done} />,
      },
      {
        id: 'completion',
        title: say('completion'),
        width: 190,
        cell: ({ completed: done, started }) => <Share part={done} whole={started} />,
      },
      {
        id: 'waiting',
        title: say('waiting'),
        width: 150,
        align: 'right',
        cell: ({ waiting }) => <Count of={waiting} />,
      },
    ],
    [names, programme.drills, say, slug],
  );
  const navigate = route.useNavigate();
  return (
    <>
      <Stats>
        <Stat
          label={say('active')}
          value={<Count of={active} />}
          note={say('activeNote')}
          to="/drills/programmes/$slug/participants"
          params={{ slug }}
          search={{ state: 'active' }}
        />
        <Stat
          label={say('completedAll')}
          value={<Count of={completed} />}
          note={<Share part={completed} whole={whole} />}
          to="/drills/programmes/$slug/participants"
          params={{ slug }}
          search={{ state: 'completed' }}
        />
        <Stat
          label={say('optedOut')}
          value={<Count of={optedOut} />}
          note={<Share part={optedOut} whole={whole} />}
          to="/drills/programmes/$slug/participants"
          params={{ slug }}
          search={{ state: 'opted_out' }}
        />
      </Stats>
      <Section title={say('drillByDrill')}>
        <DataTable
          id="programme-drills"
          label={say('drillByDrill')}
          columns={columns}
          choosesColumns={false}
          rows={wholeRows(drills)}
          rowId={({ drill }) => drill}
          open={({ drill }) =>
            void navigate({ to: '/drills/drill/$slug', params: { slug: drill }, search: { programme: slug } })
          }
          empty={<Text>{say('none')}</Text>}
        />
        <Text size="xs" c="dimmed">
          {say('countsHint')}
        </Text>
      </Section>
    </>
  );
}

function HowItRuns({ programme }: { programme: Programme }) {
  const say = useTexts(programmeTexts);
  const reader = useLanguage();
  const word = useWord(intent);
  const { delivery, reminders } = programme;
  return (
    <Section title={say('facts')}>
      <div className={classes.box}>
        <Facts
          of={[
            [
              say('senders'),
              programme.senderNumbers
                .map((each) => (each === 'default' ? say('ownNumber') : each))
                .join(', '),
            ],
            [
              say('delivery'),
              delivery === null ? say('deliveryNone') : say('deliveryAt', { time: delivery.time }),
            ],
            [say('days'), delivery && weekdays(delivery.days, reader)],
            [
              say('reminders'),
              reminders === null
                ? say('none')
                : say('remindersAre', { after: reminders.afterHours, until: reminders.untilHours }),
            ],
            [say('timezone'), programme.timezone],
            [say('language'), languageName(programme.defaultLanguage, reader)],
            [say('intent'), word(programme.intent).says],
            [say('contact'), programme.contact],
          ]}
        />
      </div>
    </Section>
  );
}
