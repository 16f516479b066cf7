import { Code, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { one } from '../../api/queries.ts';
import { Facts } from '../../parts/facts.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterState } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { systemTexts } from './texts.ts';

const route = getRouteApi('/system/dead-letters/$id');

export function DeadLetterDrawer() {
  const say = useTexts(systemTexts);
  const word = useWord(deadLetterState);
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(one('/v1/dead-letters/{id}', { path: { id } }));
  const close = (): void => void navigate({ to: '/system/dead-letters', search });
  return (
    <SideDrawer title={say('letter', { id })} state={data && word(data.state).hint} close={close}>
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={240} aria-busy />}
      {data && (
        <Stack gap="md">
          <Facts
            of={[
              [say('state'), <Status key="state" words={deadLetterState} of={data.state} />],
              [say('reason'), data.reason],
              [say('consumer'), data.consumer],
              [say('stream'), data.stream],
              [say('key'), data.key],
              [say('arrived'), <Time key="arrived" at={data.arrivedAt} />],
              [say('setAside'), <Time key="aside" at={data.setAsideAt} />],
              [say('settled'), data.settledAt && <Time key="settled" at={data.settledAt} />],
              [say('by'), data.settledBy],
            ]}
          />
          {data.settledAt === null && (
            <>
              <Text size="sm">{say('settleHint')}</Text>
              <Code block tabIndex={0}>
                {commandsFor(id)}
              </Code>
            </>
          )}
          <Text size="sm" c="dimmed">
            {say('body')}
          </Text>
          <Code block tabIndex={0}>
            {readable(data.body)}
          </Code>
        </Stack>
      )}
    </SideDrawer>
  );
}

/** What operators run: docs/streams.md. */
const commandsFor = (id: string): string =>
  `npm run ops -- quarantine redrive ${id} --yes\nnpm run ops -- quarantine discard ${id} --yes`;

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // No JSON, which may be why it is here: as it was read.
    return body;
  }
}
