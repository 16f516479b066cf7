import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Participant, Programme } from '#shared/api-client/api-types.ts';
import { newIdempotencyKey } from '#shared/api-client/client.ts';
import { ask, references } from '../../../api/client.ts';
import { many, one } from '../../../api/queries.ts';
import { touch } from '../../../api/touch.ts';
import { Action } from '../../../parts/action.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useTypedCount } from '../../../parts/typed-count.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { enrolledBy as enrolledByWords, participantState } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { ProgrammePage } from './head.tsx';
import classes from './programmes.module.css';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes/$slug/participants');
const states = ['active', 'completed', 'opted_out'] as const;
const ways = ['code', 'list', 'text'] as const;

export const stateOf = ({ completedAt, optedOut }: Participant): (typeof states)[number] =>
  optedOut ? 'opted_out' : completedAt === null ? 'active' : 'completed';

/** Who takes part, and how far they are. */
export function Participants() {
  const say = useTexts(programmeTexts);
  const { slug } = route.useParams();
  const [isEnrolling, setEnrolling] = useState(false);
  return (
    <ProgrammePage
      slug={slug}
      action={
        <Action needs="operator" does={() => setEnrolling(true)}>
          {say('enrol')}
        </Action>
      }
    >
      {(programme) => (
        <>
          <People programme={programme} />
          {isEnrolling && <Enrol slug={slug} close={() => setEnrolling(false)} />}
          <Outlet />
        </>
      )}
    </ProgrammePage>
  );
}

function People({ programme }: { programme: Programme }) {
  const say = useTexts(programmeTexts);
  const state = useWord(participantState);
  const way = useWord(enrolledByWords);
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const tellWhy = useTellWhy();
  const { slug } = programme;
  const whole = programme.drills.length;
  const rows = useRows(many('/v1/programmes/{slug}/participants', { path: { slug }, query: filters }));
  const columns = useMemo<Column<Participant>[]>(
    () => [
      { id: 'phone', title: say('phone'), width: 140, fixed: true, cell: ({ phoneNumber }) => phoneNumber },
      {
        id: 'state',
        title: say('state'),
        width: 130,
        cell: (person) => <Status words={participantState} of={stateOf(person)} />,
      },
      {
        id: 'progress',
        title: say('progress'),
        width: 190,
        cell: ({ completedDrills }) => (
          <span className={classes.bar}>
            <span className={classes.barTrack} aria-hidden>
              <span
                className={classes.barFill}
                style={{ inlineSize: `${whole === 0 ? 0 : (completedDrills / whole) * 100}%` }}
              />
            </span>
            {say('ofDrills', { part: completedDrills, whole })}
          </span>
        ),
      },
      {
        id: 'prompt',
        title: say('waitsFor'),
        width: 220,
        cell: ({ prompt }) =>
          prompt && (
            <span>
              {prompt.slug}{' '}
              <Text span size="xs" c="dimmed">
                <Time at={prompt.startedAt} as="ago" />
              </Text>
            </span>
          ),
      },
      {
        id: 'last',
        title: say('lastDid'),
        width: 130,
        cell: ({ lastInteractedAt }) => lastInteractedAt && <Time at={lastInteractedAt} as="ago" />,
      },
      {
        id: 'next',
        title: say('next'),
        width: 190,
        cell: ({ nextStartAt, timeZone }) =>
          nextStartAt && <Time at={nextStartAt} zone={timeZone ?? programme.timezone} />,
      },
      {
        id: 'remind',
        title: say('remindAt'),
        width: 190,
        extra: true,
        cell: ({ remindAt, timeZone }) =>
          remindAt && <Time at={remindAt} zone={timeZone ?? programme.timezone} />,
      },
      {
        id: 'by',
        title: say('cameBy'),
        width: 130,
        cell: ({ enrolledBy }) => <Status words={enrolledByWords} of={enrolledBy} plain />,
      },
      {
        id: 'time',
        title: say('chosenTime'),
        width: 110,
        extra: true,
        cell: ({ deliveryTime }) => deliveryTime ?? say('theirs'),
      },
      {
        id: 'zone',
        title: say('zone'),
        width: 160,
        extra: true,
        cell: ({ timeZone }) => timeZone ?? say('theirs'),
      },
    ],
    [programme.timezone, say, whole],
  );
  const isFiltered = filters.state !== undefined || filters.enrolledBy !== undefined;
  return (
    <DataTable
      id="participants"
      label={say('participants')}
      columns={columns}
      rows={rows}
      rowId={({ phoneNumber }) => phoneNumber}
      open={({ phoneNumber }) =>
        void references.of(phoneNumber).then(
          ({ reference }) =>
            navigate({
              to: '/drills/programmes/$slug/participants/$phone',
              params: { slug, phone: reference },
              search: (before) => before,
            }),
          tellWhy,
        )
      }
      filters={
        <>
          <SegmentedControl
            aria-label={say('state')}
            data={[
              { value: 'all', label: say('allStates') },
              ...states.map((value) => ({ value, label: state(value).says })),
            ]}
            value={filters.state ?? 'all'}
            onChange={(value) =>
              void navigate({
                search: (before) => ({ ...before, state: states.find((each) => each === value) }),
              })
            }
          />
          <Select
            aria-label={say('cameBy')}
            placeholder={say('anyWay')}
            clearable
            w={220}
            data={ways.map((value) => ({ value, label: way(value).says }))}
            value={filters.enrolledBy ?? null}
            onChange={(value) =>
              void navigate({ search: (before) => ({ ...before, enrolledBy: value ?? undefined }) })
            }
          />
        </>
      }
      empty={
        isFiltered ? (
          <EmptyState
            title={say('noneFound')}
            hint={say('noneFoundHint')}
            action={
              <Button variant="default" onClick={() => void navigate({ search: {} })}>
                {say('showAll')}
              </Button>
            }
          />
        ) : (
          <EmptyState
            icon={<IconUsers size={32} />}
            title={say('participantsEmpty')}
            hint={say('participantsEmptyHint')}
          />
        )
      }
    />
  );
}

/** Enrols everybody of a list, some thousands at a time, and says how far it is. */
function Enrol({ close, slug }: { slug: string; close: () => void }) {
  const say = useTexts(programmeTexts);
  const cache = useQueryClient();
  const language = useLanguage();
  const lists = useRows(many('/v1/lists', {})).rows;
  const [list, setList] = useState<string | null>(null);
  const [progress, setProgress] = useState<{ done: number; left: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { data: outlook, error: notKnown } = useQuery({
    ...one('/v1/programmes/{slug}/enrolments', { path: { slug }, query: { listId: list ?? '' } }),
    enabled: list !== null && progress === null,
    staleTime: 0,
  });
  const people = list === null ? null : (outlook?.left ?? null);
  const typed = useTypedCount(people);
  const isBusy = progress !== null && error === null;
  const enrol = async (): Promise<void> => {
    if (list === null || people === null || isBusy) return;
    setError(null);
    let done = 0;
    try {
      for (let left = 1; left > 0; ) {
        const answer = await ask(
          'post',
          '/v1/programmes/{slug}/enrolments',
          {
            path: { slug },
            // Who came onto the list after somebody typed how many they are is not enrolled with them.
            body: { listId: list, most: people - done },
          },
          { headers: { 'idempotency-key': newIdempotencyKey() } },
        );
        done += answer.enrolled;
        left = answer.left;
        setProgress({ done, left });
      }
      await touch(cache, ['/v1/programmes']);
      void tellDone(say('enrolled', { count: done }));
      close();
    } catch (failed) {
      // Who takes part by now stays; trying again goes on with the others.
      setError(failed);
      setProgress(null);
    }
  };
  return (
    <Dialog close={close} title={say('enrol')}>
      <Stack gap="sm">
        <Text size="sm">{say('enrolHint')}</Text>
        <Select
          data-autofocus
          label={say('list')}
          searchable
          data={lists.map(({ id, name }) => ({ value: id, label: name }))}
          value={list}
          onChange={setList}
        />
        {outlook !== undefined && list !== null && (
          <Text size="sm">
            {say(people === 0 ? 'enrolNobody' : 'enrolOf', {
              part: (people ?? 0).toLocaleString(language),
              whole: outlook.members.toLocaleString(language),
            })}
          </Text>
        )}
        {people !== null && people > 0 && progress === null && typed.field}
        {(error ?? notKnown) !== null && <FaultBox error={error ?? notKnown} />}
        {progress !== null && (
          <Text size="sm" role="status">
            {say('enrolling', progress)}
          </Text>
        )}
        <Group justify="flex-end">
          <Action
            needs="operator"
            loading={isBusy}
            whyNot={list === null ? say('list') : people === 0 ? say('enrolNobodyLeft') : typed.whyNot}
            does={() => void enrol()}
          >
            {say('enrolDo')}
          </Action>
        </Group>
      </Stack>
    </Dialog>
  );
}
