import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { PersonDrill } from '#shared/api-client/api-types.ts';
import { many, one, type RowOf } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Section } from '../../../parts/page.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Rows, useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useNumber } from '../../../parts/use-number.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { dialogEvent } from '../../../words/drills.ts';
import { drillEnd } from '../../../words/people.ts';
import classes from './programmes.module.css';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes/$slug/participants/$phone');
type Batch = RowOf<'/v1/people/{phone}/events'>;

/** A first look; older ones are read when somebody asks for them. */
const PAGE = 30;

/** One person in drills: which they were given, and all that happened. */
export function PersonInDrills() {
  const say = useTexts(programmeTexts);
  const { phone } = useNumber(route.useParams().phone);
  const navigate = route.useNavigate();
  const names = useQuery(one('/v1/drills', {})).data?.items;
  const drills = useRows(many('/v1/people/{phone}/drills', { path: { phone } }, PAGE));
  const events = useRows(many('/v1/people/{phone}/events', { path: { phone } }, PAGE));
  const nameOf = (slug: string): string => names?.find((each) => each.slug === slug)?.name ?? slug;
  return (
    <SideDrawer
      title={phone}
      state={say('personState')}
      close={() => void navigate({ to: '/drills/programmes/$slug/participants', search: (before) => before })}
    >
      <Stack gap="lg">
        <Section title={say('drillsOf')}>
          <Listed rows={drills} none={say('noDrills')}>
            {(drill) => <OneDrill key={drill.instanceId} drill={drill} name={nameOf(drill.drill)} />}
          </Listed>
        </Section>
        <Section title={say('timeline')}>
          <Listed rows={events} none={say('noEvents')}>
            {(batch) => <OneBatch key={batch.version} batch={batch} nameOf={nameOf} />}
          </Listed>
        </Section>
      </Stack>
    </SideDrawer>
  );
}

function Listed<Row>({
  children,
  none,
  rows,
}: {
  rows: Rows<Row>;
  none: string;
  children: (row: Row) => React.ReactNode;
}) {
  const say = useTexts(programmeTexts);
  if (rows.error && rows.rows.length === 0) return <FaultBox error={rows.error} again={rows.readAgain} />;
  if (rows.isPending) return <Skeleton height={80} aria-busy />;
  if (rows.rows.length === 0) return <Text c="dimmed">{none}</Text>;
  return (
    <>
      <ol className={classes.timeline}>{rows.rows.map(children)}</ol>
      {rows.hasMore && (
        <Button variant="default" w="fit-content" loading={rows.isReadingMore} onClick={rows.readMore}>
          {say('older')}
        </Button>
      )}
    </>
  );
}

function OneDrill({ drill, name }: { drill: PersonDrill; name: string }) {
  const say = useTexts(programmeTexts);
  const reader = useLanguage();
  return (
    <li className={classes.event}>
      <Link to="/drills/drill/$slug" params={{ slug: drill.drill }} className={classes.name}>
        {name}
      </Link>
      {drill.ended === null ? (
        <TonedText tone="info">{say('inFlight')}</TonedText>
      ) : (
        <Status words={drillEnd} of={drill.ended} plain />
      )}
      <span className={classes.when}>
        {[
          say('ofVersion', { version: drill.version }),
          languageName(drill.language, reader),
          say('atPrompt', { prompt: drill.prompt }),
          ...(drill.tries > 0 ? [say('tries', { count: drill.tries })] : []),
        ].join(' · ')}
      </span>
      <span className={classes.when}>
        <Time at={drill.startedAt} />
      </span>
    </li>
  );
}

function OneBatch({
  batch: { events, occurredAt },
  nameOf,
}: {
  batch: Batch;
  nameOf: (slug: string) => string;
}) {
  return (
    <li className={classes.event}>
      <span>
        {events.map(({ drill, id, prompt, type }) => (
          <div key={id}>
            <Status words={dialogEvent} of={type} plain />{' '}
            <Text span size="xs" c="dimmed">
              {[drill === null ? null : nameOf(drill), prompt].filter((each) => each !== null).join(' · ')}
            </Text>
          </div>
        ))}
      </span>
      <span className={classes.when}>
        <Time at={occurredAt} />
      </span>
      {events
        .filter(({ text, type }) => text !== null && type !== 'DRILL_COMPLETED')
        .map(({ id, text }) => (
          <span key={id} className={classes.eventText}>
            {text}
          </span>
        ))}
    </li>
  );
}
