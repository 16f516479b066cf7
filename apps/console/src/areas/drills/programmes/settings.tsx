import { Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Programme } from '#shared/api-client/api-types.ts';
import { codeOf } from '../../../api/problem.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { type Filled, isComplete, ProgrammeFields } from './form.tsx';
import { ProgrammePage } from './head.tsx';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes/$slug/settings');

export function ProgrammeSettings() {
  const { slug } = route.useParams();
  return (
    <ProgrammePage slug={slug}>{(programme) => <Settings key={slug} programme={programme} />}</ProgrammePage>
  );
}

const filledOf = ({ archivedAt: _a, codes: _c, updatedAt: _u, updatedBy: _b, ...rest }: Programme): Filled =>
  rest;

/** What is changed here holds at once, so it is saved when somebody says so. */
function Settings({ programme }: { programme: Programme }) {
  const say = useTexts(programmeTexts);
  const may = useMay('admin') && programme.archivedAt === null;
  const cache = useQueryClient();
  const { slug } = programme;
  const asked = one('/v1/programmes/{slug}', { path: { slug } });
  const [begun, setBegun] = useState(programme);
  const [filled, setFilled] = useState(() => filledOf(programme));
  const isChanged = JSON.stringify(filled) !== JSON.stringify(filledOf(begun));
  const save = useChange('put', '/v1/programmes/{slug}', {
    touches: ['/v1/programmes', '/v1/drills'],
    onDone: (answer) => {
      cache.setQueryData(asked.queryKey, answer);
      setBegun(answer);
      setFilled(filledOf(answer));
      void tellDone(say('saved'));
    },
  });
  const isOvertaken = codeOf(save.error) === 'changed_meanwhile';
  const send = async (): Promise<void> => {
    if (!isComplete(filled)) return;
    // Whoever saves again after they were told puts theirs over what they were told of.
    const seen = isOvertaken ? await cache.fetchQuery({ ...asked, staleTime: 0 }) : begun;
    save.mutate({ path: { slug }, body: filled, seen });
  };
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack gap="md" maw={880}>
        <ProgrammeFields
          filled={filled}
          fill={(change) => setFilled((before) => ({ ...before, ...change }))}
          mayEdit={may}
        />
        {isOvertaken ? (
          <Notice tone="held" title={say('takenFrom')} />
        ) : (
          save.error && <FaultBox error={save.error} />
        )}
        <Group gap="sm">
          <Action
            needs="admin"
            loading={save.isPending}
            whyNot={!isChanged ? say('isSaved') : isComplete(filled) ? undefined : say('incomplete')}
            does={() => void send()}
          >
            {say('save')}
          </Action>
          <Text size="sm" c="dimmed" role="status">
            {say(isChanged ? 'notSaved' : 'isSaved')}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
